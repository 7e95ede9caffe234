// The devices: a picture, a level, lists, a tone.

import { devices } from '../capture.js';
import { h } from '../dom.js';
import { SILENCE_MS, playTone, watchLevel } from '../level.js';
import { watchPicture } from '../picture.js';
import { asIfPart } from './as-if.js';
import { actions, button, section } from './screen.js';

/**
 * What the screen found out.
 * @typedef {{silent: boolean, black: boolean}} Found
 */

/**
 * @param {import('../texts.js').Texts} texts
 * @param {object} given
 * @param {MediaStream} given.stream
 * @param {boolean} given.audioOnly
 * @param {import('./as-if.js').CatalogueNetwork[]} given.networks What the line can pretend to be; empty where it cannot.
 * @param {(text: string) => void} given.announce
 * @param {(choice: import('../capture.js').Choice) => void} given.onChoose
 * @param {(asIf: import('../session.js').AsIf) => void} given.onWatch
 * @param {(found: Found, asIf: import('../session.js').AsIf | undefined) => void} given.onTest
 * @returns {import('./screen.js').Screen}
 */
export function devicesScreen(texts, { stream, audioOnly, networks, announce, onChoose, onWatch, onTest }) {
  let black = false;
  const level = soundPart(texts, stream, announce);
  const picture = audioOnly ? undefined : picturePart(texts, stream, announce, (isBlack) => (black = isBlack));
  const lists = listsPart(texts, stream, announce, onChoose);
  const asIf = asIfPart(texts, networks, audioOnly ? undefined : onWatch);
  const element = section(
    texts.get(audioOnly ? 'devices.titleAudio' : 'devices.title'),
    picture?.element,
    level.element,
    lists.element,
    tonePart(texts, announce),
    asIf?.element,
    actions(
      button(texts.get('devices.button'), () => onTest({ silent: level.isMute(), black }, asIf?.value()), {
        primary: true,
        name: 'test',
      }),
    ),
  );
  return {
    element,
    dispose() {
      picture?.stop();
      level.stop();
      lists.stop();
    },
  };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {MediaStream} stream
 * @param {(text: string) => void} announce
 */
function soundPart(texts, stream, announce) {
  const meter = h('meter', { min: 0, max: 1, 'aria-label': texts.get('devices.level') });
  const note = h('p', { class: 'note', hidden: true, 'data-name': 'silent' });
  let heardBefore = false;
  const watch = watchLevel(stream, (level) => {
    meter.value = level;
    if (heardBefore || !watch.heard()) return;
    heardBefore = true;
    note.hidden = true;
    announce(texts.get('devices.heard'));
  });
  const timer = setTimeout(() => {
    if (watch.heard()) return;
    note.textContent = texts.get('devices.silent');
    note.hidden = false;
    announce(note.textContent);
  }, SILENCE_MS);
  return {
    element: h('div', { class: 'sound' }, h('p', { class: 'label', text: texts.get('devices.level') }), meter, note),
    isMute: watch.isMute,
    stop() {
      clearTimeout(timer);
      watch.stop();
    },
  };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {MediaStream} stream
 * @param {(text: string) => void} announce
 * @param {(isBlack: boolean) => void} onBlack
 */
function picturePart(texts, stream, announce, onBlack) {
  const video = h('video', { playsinline: true, 'aria-label': texts.get('devices.preview') });
  // An attribute alone does not mute a video that is made by a script.
  video.muted = true;
  video.srcObject = stream;
  video.play().catch(() => {});
  const note = h('p', { class: 'note', hidden: true, 'data-name': 'black', text: texts.get('devices.black') });
  const watch = watchPicture(video, (isBlack) => {
    if (isBlack && note.hidden) announce(texts.get('devices.black'));
    note.hidden = !isBlack;
    onBlack(isBlack);
  });
  return {
    element: h('div', { class: 'picture' }, video, note),
    stop() {
      watch.stop();
      video.srcObject = null;
    },
  };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {MediaStream} stream
 * @param {(text: string) => void} announce
 * @param {(choice: import('../capture.js').Choice) => void} onChoose
 */
function listsPart(texts, stream, announce, onChoose) {
  const element = h('div', { class: 'lists' });
  let shown = '';
  const fill = async () => {
    const { cameras, microphones } = await devices();
    const ids = [...cameras, ...microphones].map(({ deviceId }) => deviceId).join();
    if (ids === shown) return;
    if (shown !== '') announce(texts.get('devices.changed'));
    shown = ids;
    const [camera] = stream.getVideoTracks();
    const [microphone] = stream.getAudioTracks();
    const choose = () =>
      onChoose({
        camera: cameraList?.select.value || undefined,
        microphone: microphoneList?.select.value || undefined,
      });
    const cameraList = camera && list(texts, 'camera', cameras, camera, choose);
    const microphoneList = microphone && list(texts, 'microphone', microphones, microphone, choose);
    element.replaceChildren(...[cameraList?.label, microphoneList?.label].filter((label) => label !== undefined));
  };
  fill();
  navigator.mediaDevices.addEventListener('devicechange', fill);
  return { element, stop: () => navigator.mediaDevices.removeEventListener('devicechange', fill) };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {'camera' | 'microphone'} kind
 * @param {MediaDeviceInfo[]} listed
 * @param {MediaStreamTrack} track The one in use.
 * @param {() => void} choose
 */
function list(texts, kind, listed, track, choose) {
  const used = track.getSettings().deviceId;
  const options = listed.map(({ deviceId, label }, index) => {
    const name = label || texts.get(`devices.${kind}Number`, { number: texts.number(index + 1) });
    return h('option', { value: deviceId, selected: deviceId === used, text: name });
  });
  const select = h('select', { onchange: choose, 'data-name': kind }, ...options);
  return { select, label: h('label', {}, h('span', { class: 'label', text: texts.get(`devices.${kind}`) }), select) };
}

/**
 * @param {import('../texts.js').Texts} texts
 * @param {(text: string) => void} announce
 */
function tonePart(texts, announce) {
  const answer = h('p', { class: 'answer', hidden: true });
  const say = (/** @type {string} */ key) => {
    answer.replaceChildren(texts.get(key));
    announce(texts.get(key));
  };
  const play = button(
    texts.get('devices.tone'),
    async () => {
      play.disabled = true;
      // Without a loudspeaker there is no tone; the question stands all the same.
      await playTone().catch(() => {});
      play.disabled = false;
      answer.hidden = false;
      answer.replaceChildren(
        h('span', { text: texts.get('devices.toneQuestion') }),
        button(texts.get('devices.yes'), () => say('devices.toneGood'), { name: 'tone-heard' }),
        button(texts.get('devices.no'), () => say('devices.toneBad'), { name: 'tone-not-heard' }),
      );
      announce(texts.get('devices.toneQuestion'));
    },
    { name: 'tone' },
  );
  return h('div', { class: 'tone' }, play, answer);
}
