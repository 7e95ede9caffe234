// What a browser that precall did not start has to bring along, asked in a page of its own. Judges nothing.

import { emit } from './events.js';

/** How long a browser has to gather its candidates. Without one, it would gather none however long one waits. */
const GATHERING_MS = 3000;

/** The names of its devices of one kind. @param {MediaDeviceInfo[]} devices @param {string} kind */
const names = (devices, kind) => devices.filter((device) => device.kind === kind).map((device) => device.label);

/** How many candidates it gathers for a connection to anybody. */
async function candidates() {
  const connection = new RTCPeerConnection();
  let count = 0;
  const gathered = new Promise((resolve) => {
    connection.onicecandidate = ({ candidate }) => (candidate ? (count += 1) : resolve(undefined));
    setTimeout(resolve, GATHERING_MS);
  });
  connection.createDataChannel('check');
  await connection.setLocalDescription();
  await gathered;
  connection.close();
  return count;
}

/** Looks at a page that may use camera and microphone. */
export async function granted() {
  const devices = (await navigator.mediaDevices?.enumerateDevices()) ?? [];
  emit({
    isSecureContext,
    cameras: names(devices, 'videoinput'),
    microphones: names(devices, 'audioinput'),
    candidates: await candidates(),
  });
}

/** Looks at a page that may not. */
export async function denied() {
  const tracks = await navigator.mediaDevices.getUserMedia({ audio: true, video: true }).then(
    (stream) => stream.getTracks(),
    () => [],
  );
  tracks.forEach((track) => track.stop());
  emit({ denies: tracks.length === 0 });
}
