// A publisher that hears itself, beside other clients in frames of the same page.

import { connect, guarded, load, publish, subscribeToOwn, tell } from './client.js';

/** @typedef {import('./client.js').Variables} Variables */

/** @type {RTCPeerConnection[]} */
const peers = [];

/** @type {import('./opentok.js').Publisher} */
let publisher;

/**
 * A client that only connects, in a frame. The first one tells which properties of streams change.
 * @param {Variables} variables
 * @param {number} index
 */
async function other({ bundle, proxyUrl, apiKey, sessionId, token }, index) {
  const frame = document.createElement('iframe');
  frame.srcdoc = `<script src=${JSON.stringify(bundle)}></script>`;
  await new Promise((resolve) => {
    frame.onload = resolve;
    document.body.append(frame);
  });
  const { OT } = /** @type {Window} */ (frame.contentWindow);
  OT.setProxyUrl(proxyUrl);
  const session = OT.initSession(apiKey, sessionId);
  session.on('streamPropertyChanged', ({ changedProperty, newValue }) => {
    if (index === 0) tell('changed', { changedProperty, newValue });
  });
  await connect(session, token);
}

/** Tells what the W3C statistics of all peer connections say of the media. */
async function sample() {
  const reports = (await Promise.all(peers.map((peer) => peer.getStats()))).flatMap((all) => [...all.values()]);
  /** @param {string} type @param {string} kind */
  const of = (type, kind) => reports.filter((report) => report.type === type && report.kind === kind);
  const [video] = of('inbound-rtp', 'video');
  tell('media', {
    videoType: publisher.stream?.videoType,
    audioPackets: of('inbound-rtp', 'audio')[0]?.packetsReceived ?? null,
    senderReports: of('remote-outbound-rtp', 'video')[0]?.reportsSent ?? null,
    frames: video ? video.framesDecoded : null,
    width: video ? video.frameWidth : null,
    codec: reports.find(({ id }) => video && id === video.codecId)?.mimeType ?? null,
    layers: of('outbound-rtp', 'video').length,
    targetBitrate: of('outbound-rtp', 'video')[0]?.targetBitrate ?? null,
  });
}

/**
 * Publishes with these options and subscribes to its own stream; samples the media each half second.
 * @param {Variables & { publisherOptions: object, others: number }} variables `others` is the number of further clients.
 */
async function publishAndHear(variables) {
  const Original = RTCPeerConnection;
  window.RTCPeerConnection = class extends Original {
    /** @param {ConstructorParameters<typeof RTCPeerConnection>} all */
    constructor(...all) {
      super(...all);
      peers.push(this);
    }
  };
  const OT = await load(variables);
  for (let index = 0; index < variables.others; index += 1) await other(variables, index);
  const session = OT.initSession(variables.apiKey, variables.sessionId);
  await connect(session, variables.token);
  publisher = await publish(OT, session, variables.publisherOptions);
  setInterval(sample, 500);
  const subscriber = await subscribeToOwn(session, publisher);
  // Audio fallback.
  subscriber.on('videoDisableWarning', () => tell('fallback', { change: 'videoDisableWarning' }));
  subscriber.on('videoDisableWarningLifted', () => tell('fallback', { change: 'videoDisableWarningLifted' }));
  subscriber.on('videoDisabled', ({ reason }) => tell('fallback', { change: 'videoDisabled', reason }));
  subscriber.on('videoEnabled', ({ reason }) => tell('fallback', { change: 'videoEnabled', reason }));
}

export const run = guarded(publishAndHear);

/** Stops sending video. */
export const stopVideo = () => publisher.publishVideo(false);
