// SPDX-License-Identifier: Apache-2.0
import Glibc
import NIOCore
import NIOHTTP1

/// Sent through the pipeline of a connection that shall end as soon as nothing is under way on it.
struct StopRequest: Sendable {}

/// Serves one connection: collects each request, has the service decide, and acts on the answer.
///
/// Runs on: the event loop of its channel.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long a client may go on sending a body that was refused already.
    private static let discardTime = TimeAmount.seconds(5)

    private enum Phase {
        /// Between requests.  → receiving, ended
        case idle
        /// The head is here, the body under way.  → answering, discarding, stalled, ended
        case receiving
        /// The answer waits for its time, or for the socket.  → idle, ended
        case answering
        /// The reply is out, the body that it refuses still comes in.  → ended
        case discarding
        /// No answer will come.  → ended
        case stalled
        /// The connection is closed, or about to be.
        case ended
    }

    private let service: Service
    private var mark = ConnectionMark()
    private var phase = Phase.idle
    private var exchange: Exchange?
    private var body: [UInt8] = []
    /// What came in while an answer was still to be given.
    private var waiting = CircularBuffer<HTTPServerRequestPart>()
    private var isProceeding = false
    private var readIsHeldBack = false
    /// Whether the answer under way, if any, is the last of this connection.
    private var isStopping = false

    init(_ service: Service) {
        self.service = service
    }

    // MARK: Events

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        waiting.append(unwrapInboundIn(data))
        proceed(context)
    }

    /// A client that sends request after request without reading is not read either.
    func read(context: ChannelHandlerContext) {
        if phase == .answering {
            readIsHeldBack = true
        } else {
            context.read()
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is StopRequest:
            isStopping = true
            if phase == .idle || phase == .stalled { end(context) }
        case ChannelEvent.inputClosed:
            // The client sends no more, but may still wait for what it asked.
            isStopping = true
            if phase != .answering { end(context) }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, phase == .idle else { return end(context) }
        let refusal: Refusal =
            error == .headerOverflow ? .headersTooLarge : .malformedRequest
        let requestId = Service.newRequestId()
        phase = .answering
        send(context, refusal.reply(requestId: requestId), requestId, closing: true)
    }

    // MARK: A request

    private func proceed(_ context: ChannelHandlerContext) {
        // A reply that is written at once comes back here from below: then the loop goes on.
        guard !isProceeding else { return }
        isProceeding = true
        defer { isProceeding = false }
        while phase != .answering, let part = waiting.popFirst() {
            switch part {
            case .head(let head) where phase == .idle: begin(context, head)
            case .body(let bytes) where phase == .receiving: collect(context, bytes)
            case .end where phase == .receiving: finish(context)
            case .end where phase == .discarding: end(context)
            default: break
            }
        }
    }

    private func begin(_ context: ChannelHandlerContext, _ head: HTTPRequestHead) {
        let (exchange, answer) = service.arrived(head, on: &mark)
        self.exchange = exchange
        phase = .receiving
        if let answer { return refuse(context, answer) }
        if let length = head.headers.first(name: "content-length").flatMap({ Int($0) }) {
            body.reserveCapacity(length)
        }
        if head.headers.first(name: "expect")?.lowercased() == "100-continue" {
            let interim = ByteBuffer(staticString: "HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(interim), promise: nil)
        }
    }

    private func collect(_ context: ChannelHandlerContext, _ bytes: ByteBuffer) {
        body.append(contentsOf: bytes.readableBytesView)
        if body.count > Service.bodyLimit, let exchange {
            refuse(context, service.tooLarge(exchange))
        }
    }

    private func finish(_ context: ChannelHandlerContext) {
        guard let exchange else { return }
        let answer = service.answer(exchange, body: body)
        // The next request is likely to be of the same size, unless this one was a giant.
        body.removeAll(keepingCapacity: body.capacity <= 1 << 20)
        phase = .answering
        act(context, on: answer)
    }

    /// Answers before the body is here, and lets the client go on sending it for a while: a close
    /// with unread bytes would be a reset, and could take the reply with it.
    private func refuse(_ context: ChannelHandlerContext, _ answer: Answer) {
        body = []
        guard case .send(let reply, _) = answer.action, let exchange else {
            return act(context, on: answer)
        }
        phase = .discarding
        context.writeAndFlush(
            wrapOutboundOut(encoded(reply, exchange.requestId, closing: true)), promise: nil)
        schedule(context, in: Self.discardTime) { handler, context in handler.end(context) }
    }

    // MARK: An answer

    private func act(_ context: ChannelHandlerContext, on answer: Answer) {
        guard answer.delayMilliseconds > 0 else { return perform(context, answer.action) }
        phase = .answering
        schedule(context, in: .milliseconds(Int64(answer.delayMilliseconds))) { handler, context in
            handler.perform(context, answer.action)
        }
    }

    private func perform(_ context: ChannelHandlerContext, _ action: Answer.Action) {
        guard phase != .ended, let exchange else { return }
        switch action {
        case .send(let reply, let bodyLimit):
            let isHead = exchange.head.method == .HEAD
            let closing = isStopping || !exchange.head.isKeepAlive || reply.asksToClose
            send(
                context, reply, exchange.requestId, closing: closing,
                bodyLimit: isHead ? 0 : bodyLimit)
        case .drop(.close):
            end(context)
        case .drop(.reset):
            reset(context)
        case .stall:
            phase = .stalled
            if isStopping { end(context) } else { resume(context) }
        }
    }

    private func send(
        _ context: ChannelHandlerContext, _ reply: Reply, _ requestId: String, closing: Bool,
        bodyLimit: Int? = nil
    ) {
        let bytes = encoded(reply, requestId, closing: closing, bodyLimit: bodyLimit)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] result in
            guard phase == .answering else { return }
            if case .success = result, !closing, !isStopping, bodyLimit == nil {
                phase = .idle
                resume(context)
            } else {
                end(context)
            }
        }
        context.writeAndFlush(wrapOutboundOut(bytes), promise: written)
    }

    private func encoded(
        _ reply: Reply, _ requestId: String, closing: Bool, bodyLimit: Int? = nil
    ) -> ByteBuffer {
        reply.encoded(
            requestId: requestId, date: service.now.http, closing: closing, bodyLimit: bodyLimit)
    }

    // MARK: The connection

    private func resume(_ context: ChannelHandlerContext) {
        proceed(context)
        if readIsHeldBack, phase != .answering, phase != .ended {
            readIsHeldBack = false
            context.read()
        }
    }

    private func end(_ context: ChannelHandlerContext) {
        phase = .ended
        context.close(promise: nil)
    }

    private func reset(_ context: ChannelHandlerContext) {
        // Closing a socket that may not linger throws away what is in it, with a reset.
        let sockets = context.channel as? any SocketOptionProvider
        let set = sockets?.setSoLinger(linger(l_onoff: 1, l_linger: 0))
        set?.assumeIsolated().whenFailure { context.fireErrorCaught($0) }
        end(context)
    }

    private func schedule(
        _ context: ChannelHandlerContext, in delay: TimeAmount,
        _ act: @escaping (ConnectionHandler, ChannelHandlerContext) -> Void
    ) {
        context.eventLoop.assumeIsolated().scheduleTask(in: delay) { [self] in
            if phase != .ended { act(self, context) }
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        phase = .ended
        context.fireChannelInactive()
    }
}
