// SPDX-License-Identifier: Apache-2.0
import CPosix

/// A thread of ours in the host's process: with a small stack, and with no signal of the host's.
package struct HostThread {
    private var thread = pthread_t()

    /// `body` is released when it has run.
    package init(_ purpose: StaticString, _ body: Body) throws(DatapanelError) {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 512 << 10)
        defer { pthread_attr_destroy(&attributes) }
        let context = Unmanaged.passRetained(body).toOpaque()
        let status = pthread_create(
            &thread, &attributes,
            { context in
                guard let context else { return nil }
                Unmanaged<Body>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, context)
        if status != 0 {
            Unmanaged<Body>.fromOpaque(context).release()
            throw DatapanelError(.noMemory, "the system gives no thread for \(purpose)")
        }
    }

    package func join() {
        pthread_join(thread, nil)
    }

    /// It ends by itself.
    package func detach() {
        pthread_detach(thread)
    }

    /// What a thread does.
    package final class Body {
        fileprivate let run: () -> Void

        package init(_ run: @escaping () -> Void) {
            self.run = run
        }
    }
}
