// The part of npm's `opentok` that the tests use. The package brings no declarations of its own.
declare module 'opentok' {
    namespace OpenTok {
        type Done<T> = (error: Error | null | undefined, value?: T) => void;

        interface Session {
            sessionId: string;
            generateToken(options: { role: string; data: string }): string;
        }

        interface Stream {
            id: string;
            videoType: string;
        }
    }

    class OpenTok {
        constructor(apiKey: string, apiSecret: string, apiUrl: string);
        createSession(options: { mediaMode: string }, done: OpenTok.Done<OpenTok.Session>): void;
        generateToken(sessionId: string, options: { role: string; data: string }): string;
        listStreams(sessionId: string, done: OpenTok.Done<OpenTok.Stream[]>): void;
        signal(sessionId: string, connectionId: string | null, signal: object, done: OpenTok.Done<void>): void;
        forceMuteStream(sessionId: string, streamId: string, done: OpenTok.Done<unknown>): void;
        forceDisconnect(sessionId: string, connectionId: string, done: OpenTok.Done<void>): void;
    }

    export = OpenTok;
}
