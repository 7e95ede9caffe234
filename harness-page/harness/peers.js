// Two peer connections in one page: one sends camera and microphone, the other receives. precall carries their descriptions, to
// each other or to its router, and decides by the candidates in them which way the media takes. Judges nothing.

import { describeError, emit } from './events.js';
import { collector } from './rtc-stats.js';

const INTERVAL_MS = 1000;

/** Both connections use one transport for all media, as they do once BUNDLE is negotiated. */
const configuration = /** @type {const} */ ({ bundlePolicy: 'max-bundle' });

const sender = new RTCPeerConnection(configuration);
const receiver = new RTCPeerConnection(configuration);
const [collectOfSender, collectOfReceiver] = [collector(sender), collector(receiver)];

let began = 0;

/** Seconds since the negotiation began. */
const seconds = () => (performance.now() - began) / 1000;

/** Runs a step of the negotiation; an error is told. @param {() => Promise<void>} step */
const step = (step) => step().catch((error) => emit({ type: 'failed', error: describeError(error) }));

receiver.ontrack = ({ streams, track }) => {
  if (track.kind !== 'video') return;
  const video = Object.assign(document.createElement('video'), { srcObject: streams[0], muted: true, autoplay: true });
  video.requestVideoFrameCallback(() => emit({ type: 'firstFrame', seconds: seconds() }));
  document.body.append(video);
};

/**
 * Opens the devices and offers to send from them.
 * @param {{ width: number, height: number, frameRate: number, videoCodecs: string[] | null }} options `videoCodecs` are the
 *   media types to offer, in lower case; null offers all that the browser has.
 */
function publish({ width, height, frameRate, videoCodecs }) {
  return step(async () => {
    const media = await navigator.mediaDevices.getUserMedia({ audio: true, video: { width, height, frameRate } });
    began = performance.now();
    for (const track of media.getTracks()) {
      const transceiver = sender.addTransceiver(track, { direction: 'sendonly', streams: [media] });
      if (track.kind === 'video' && videoCodecs) {
        const all = RTCRtpReceiver.getCapabilities('video')?.codecs ?? [];
        transceiver.setCodecPreferences(all.filter(({ mimeType }) => videoCodecs.includes(mimeType.toLowerCase())));
      }
    }
    await sender.setLocalDescription(await sender.createOffer());
    emit({ type: 'offer', sdp: sender.localDescription?.sdp });
    sampleEachSecond();
  });
}

/** The receiver answers an offer. @param {string} sdp */
function subscribe(sdp) {
  return step(async () => {
    await receiver.setRemoteDescription({ type: 'offer', sdp });
    await receiver.setLocalDescription(await receiver.createAnswer());
    emit({ type: 'answer', sdp: receiver.localDescription?.sdp });
  });
}

/** The sender takes an answer. @param {string} sdp */
function accept(sdp) {
  return step(() => sender.setRemoteDescription({ type: 'answer', sdp }));
}

/** Passes on the statistics of both connections once a second. */
function sampleEachSecond() {
  let expected = performance.now() + INTERVAL_MS;
  setInterval(async () => {
    const now = performance.now();
    const lag = Math.max(0, now - expected);
    expected = now + INTERVAL_MS;
    const [ofSender, ofReceiver] = await Promise.all([collectOfSender(), collectOfReceiver()]);
    emit({ type: 'sample', seconds: seconds(), lag, sender: ofSender, receiver: ofReceiver });
  }, INTERVAL_MS);
}

Object.assign(window, { peers: { publish, subscribe, accept } });
emit({ type: 'loaded' });
