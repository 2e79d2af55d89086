// SPDX-License-Identifier: Apache-2.0

/// Statistics in the text that Prometheus reads (exposition format 0.0.4).
enum PrometheusText {
    static func make(_ state: borrowing ProducerState) throws(DatapanelError) -> OwnedText {
        var bytes = Bytes()
        for metric in ProducerStats.metrics(state) {
            let suffix: StaticString = metric.isLevel ? "" : "_total"
            let name: Text = "datapanel_\(metric.name)\(suffix)"
            try head(name, metric.isLevel ? "gauge" : "counter", metric.help, to: &bytes)
            try bytes.append(text: "\(name) \(metric.value)\n")
        }
        for (name, histogram, help) in ProducerStats.histograms(state) {
            try write("datapanel_\(name)", histogram, help, to: &bytes)
        }
        return try bytes.take()
    }

    private static func write(
        _ name: Text, _ histogram: Histogram, _ help: StaticString, to bytes: inout Bytes
    ) throws(DatapanelError) {
        try head(name, "histogram", help, to: &bytes)
        var sum = 0
        for index in 0..<Histogram.classCount {
            sum += histogram.counts[index]
            let bound: Text = Histogram.bound(index).map { "\($0)" } ?? "+Inf"
            try bytes.append(text: "\(name)_bucket{le=\"\(bound)\"} \(sum)\n")
        }
        try bytes.append(text: "\(name)_sum \(histogram.sum)\n\(name)_count \(histogram.count)\n")
    }

    private static func head(
        _ name: Text, _ type: StaticString, _ help: StaticString, to bytes: inout Bytes
    ) throws(DatapanelError) {
        try bytes.append(text: "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n")
    }
}
