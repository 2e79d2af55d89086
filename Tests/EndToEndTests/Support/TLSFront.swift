// SPDX-License-Identifier: Apache-2.0
import Foundation
import Testing

/// A real nginx that speaks TLS and HTTP/2 in front of an emulator, with a certificate of a private
/// authority; it is a forward proxy for plain HTTP, too. Everything lies in a folder of its own,
/// which goes with it.
final class TLSFront {
    let url: String
    let port: Int
    /// The forward proxy. It marks what it passes on as HTTP/1.1 with a "proxied" behind it.
    let proxy: String
    /// The authority that signed the server's certificate, for `localhost` and 127.0.0.1.
    let authority: String
    /// An authority that signed nothing.
    let stranger: String
    private let folder: URL
    private let nginx: pid_t

    init(before backend: String) throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "datapanel-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        authority = folder.appending(path: "authority.pem").path
        stranger = folder.appending(path: "stranger.pem").path
        try Self.run(["sh", "-ec", "cd '\(folder.path)'\n" + Self.certificates])
        port = try Self.freePort()
        let proxyPort = try Self.freePort()
        url = "https://localhost:\(port)"
        proxy = "http://127.0.0.1:\(proxyPort)"
        try Self.configuration(port: port, proxyPort: proxyPort, backend: backend)
            .write(to: folder.appending(path: "nginx.conf"), atomically: true, encoding: .utf8)
        nginx = try Self.start(["nginx", "-p", folder.path, "-c", "nginx.conf", "-e", "error.log"])
        try waitUntilItListens(port)
    }

    deinit {
        kill(nginx, SIGTERM)
        waitpid(nginx, nil, 0)
        try? FileManager.default.removeItem(at: folder)
    }

    /// The protocols of the first requests, such as "HTTP/2.0". nginx writes them into its log
    /// after the reply, so this waits for so many.
    func protocols(ofFirst count: Int) throws -> [String] {
        let deadline = ContinuousClock.now + .seconds(20)
        var lines: [String] = []
        while lines.count < count, ContinuousClock.now < deadline {
            // Foundation's `String(contentsOf:)` leaks its buffer when the file is still empty.
            let log = try FileHandle(forReadingFrom: folder.appending(path: "access.log"))
            let text = String(decoding: try log.readToEnd() ?? Data(), as: UTF8.self)
            lines = text.split(separator: "\n").map(String.init)
            sched_yield()
        }
        return lines
    }

    private static let certificates = """
        request() {
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes "$@" 2>/dev/null
        }
        authority() {
            request -x509 -days 2 -subj "/CN=$1" -keyout $1.key -out $1.pem
        }
        authority authority
        authority stranger
        request -subj /CN=localhost -keyout server.key -out server.csr
        printf 'subjectAltName=DNS:localhost' >names
        openssl x509 -req -in server.csr -CA authority.pem -CAkey authority.key \
            -CAcreateserial -days 2 -extfile names -out server.pem 2>/dev/null
        """

    private static func configuration(port: Int, proxyPort: Int, backend: String) -> String {
        """
        daemon off;
        worker_processes 1;
        pid nginx.pid;
        events {}
        http {
            log_format protocol '$server_protocol';
            access_log access.log protocol;
            client_max_body_size 13m;
            client_body_temp_path body;
            proxy_temp_path proxy;
            fastcgi_temp_path fastcgi;
            uwsgi_temp_path uwsgi;
            scgi_temp_path scgi;
            log_format proxied '$server_protocol proxied';
            server {
                listen 127.0.0.1:\(proxyPort);
                access_log access.log proxied;
                location / { proxy_pass http://$http_host$request_uri; }
            }
            server {
                listen 127.0.0.1:\(port) ssl http2;
                ssl_certificate server.pem;
                ssl_certificate_key server.key;
                location / {
                    proxy_pass \(backend);
                    error_page 502 = @ended;
                }
                # What the emulator does not answer ends the connection here, too.
                location @ended { return 444; }
            }
        }
        """
    }
}
