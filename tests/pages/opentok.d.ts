// The part of OpenTok.js that the test pages use, as its documentation describes it.

export interface ErrorOfOpenTok {
    name: string;
    message: string;
}

export type Done = (error?: ErrorOfOpenTok | null) => void;

export interface Connection {
    id: string;
    data: string;
}

export interface Stream {
    id: string;
    videoType: string;
}

export interface Events<Map> {
    on<Name extends keyof Map>(name: Name, handler: (event: Map[Name]) => unknown): void;
    off(): void;
}

export interface PublisherEvents {
    destroyed: object;
    muteForced: object;
}

export interface Publisher extends Events<PublisherEvents> {
    /** There is one while the publisher is published. */
    stream?: Stream;
    destroy(): void;
    publishVideo(isOn: boolean): void;
    getRtcStatsReport(): Promise<Array<{ rtcStatsReport: RTCStatsReport }>>;
}

/** Counters of one kind of media. */
export interface TrackStats {
    bytesReceived: number;
    packetsLost: number;
    packetsReceived: number;
}

export interface SubscriberStats {
    audio: TrackStats;
    video: TrackStats;
    mediaLink: { transport?: { networkCondition: string } };
}

export interface SubscriberEvents {
    destroyed: object;
    videoDisableWarning: object;
    videoDisableWarningLifted: object;
    videoDisabled: { reason: string };
    videoEnabled: { reason: string };
}

export interface Subscriber extends Events<SubscriberEvents> {
    getStats(done: (error: ErrorOfOpenTok | null | undefined, stats: SubscriberStats) => void): void;
    getStats(): Promise<SubscriberStats>;
    getRtcStatsReport(): Promise<RTCStatsReport>;
}

export interface SessionEvents {
    connectionDestroyed: { reason: string };
    sessionDisconnected: { reason: string };
    sessionReconnected: object;
    /** `from` is null when a server sends the signal. */
    signal: { type: string; data: string; from: Connection | null };
    streamCreated: { stream: Stream };
    streamDestroyed: { stream: Stream; reason: string };
    streamPropertyChanged: { changedProperty: string; newValue: unknown };
}

export interface Session extends Events<SessionEvents> {
    connection: Connection;
    connect(token: string, done: Done): void;
    disconnect(): void;
    publish(publisher: Publisher, done?: Done): void;
    unpublish(publisher: Publisher): void;
    subscribe(stream: Stream, element: Element, options: object, done: Done): Subscriber;
    unsubscribe(subscriber: Subscriber): void;
    signal(signal: { data: string }, done: Done): void;
    /** The oldest releases have no such call. */
    forceMuteAll?(excludedStreams: Stream[]): Promise<void>;
}

export interface OpenTok {
    setProxyUrl(url: string): void;
    initSession(apiKey: string, sessionId: string, options?: object): Session;
    initPublisher(element: Element, options: object, done?: Done): Publisher;
}

declare global {
    interface Window {
        OT: OpenTok;
    }
}
