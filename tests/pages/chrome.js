// What a page can do in Chrome, without OpenTok.js.

import { emit } from '/harness/events.js';

/** Measures how long a request and a round trip of a data channel take. @param {{ url: string }} variables */
export async function requestAndRoundTrip({ url }) {
  const began = performance.now();
  const body = await (await fetch(url)).arrayBuffer();
  const http = performance.now() - began;
  const [a, b] = [new RTCPeerConnection(), new RTCPeerConnection()];
  a.onicecandidate = ({ candidate }) => b.addIceCandidate(candidate);
  b.onicecandidate = ({ candidate }) => a.addIceCandidate(candidate);
  const channel = a.createDataChannel('ping');
  b.ondatachannel = ({ channel }) => {
    channel.onmessage = ({ data }) => channel.send(data);
  };
  const offer = await a.createOffer();
  await a.setLocalDescription(offer);
  await b.setRemoteDescription(offer);
  const answer = await b.createAnswer();
  await b.setLocalDescription(answer);
  await a.setRemoteDescription(answer);
  await new Promise((resolve) => {
    channel.onopen = resolve;
  });
  let webrtc = Infinity;
  for (let i = 0; i < 20; i += 1) {
    const sent = performance.now();
    await new Promise((resolve) => {
      channel.onmessage = resolve;
      channel.send('x');
    });
    webrtc = Math.min(webrtc, performance.now() - sent);
  }
  emit({ bytes: body.byteLength, http, webrtc });
}

/**
 * Tries to open these URLs and to fetch a file. Tells whether the file could be fetched, and where the page is then.
 * @param {{ urls: string[], file: string }} variables
 */
export async function leave({ urls, file }) {
  for (const url of urls) {
    location.href = url;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const fetched = await fetch(file).then(
    () => true,
    () => false,
  );
  emit({ fetched, here: location.origin });
}
