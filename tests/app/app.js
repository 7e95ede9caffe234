// The page of the sample application: a waiting room, a call with chat and screen share, and what it says when the
// connection is lost. It knows nothing of precall but the lines that name it.

/** OpenTok.js, from its public host. @type {any} */
const OT = /** @type {any} */ (window).OT;

/** What precall offers; absent in production. @type {any} */
const precall = /** @type {any} */ (window).precall;

/** @param {string} id */
const element = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

/** @param {string} id */
const field = (id) => /** @type {HTMLInputElement} */ (document.getElementById(id));

/** @param {string} status */
const say = (status) => (element('status').textContent = status);

const query = new URLSearchParams(location.search);
field('name').value = query.get('name') ?? '';

/** @type {any} */
let session;
/** @type {any} */
let camera;
/** @type {any} */
let screenShare;

const fail = (/** @type {any} */ error) => error && say(`failed: ${error.message}`);

element('waiting-room').addEventListener('submit', async (event) => {
  event.preventDefault();
  element('waiting-room').hidden = true;
  element('call').hidden = false;
  const wanted = new URLSearchParams({ room: query.get('room') ?? 'lobby', name: field('name').value });
  const { apiKey, sessionId, token } = await (await fetch(`/credentials?${wanted}`)).json();
  session = OT.initSession(apiKey, sessionId);
  session.on({
    streamCreated: (/** @type {any} */ { stream }) =>
      session.subscribe(stream, 'streams', { insertMode: 'append' }, fail),
    sessionReconnecting: () => say('reconnecting'),
    sessionReconnected: () => say('connected'),
    sessionDisconnected: () => say('disconnected'),
    'signal:chat': (/** @type {any} */ { data }) => {
      element('messages').appendChild(document.createElement('li')).textContent = data;
    },
  });
  session.connect(token, (/** @type {any} */ error) => {
    if (error) return fail(error);
    say('connected');
    precall?.mark('connected');
    camera = OT.initPublisher('streams', { insertMode: 'append', name: field('name').value }, fail);
    return session.publish(camera, fail);
  });
});

/** @param {string} id @param {string} on @param {string} off @param {(isOn: boolean) => void} set */
function toggle(id, on, off, set) {
  let isOn = true;
  element(id).addEventListener('click', () => {
    isOn = !isOn;
    element(id).textContent = isOn ? on : off;
    set(isOn);
  });
}

toggle('mute-audio', 'Mute', 'Unmute', (isOn) => camera.publishAudio(isOn));
toggle('mute-video', 'Stop video', 'Start video', (isOn) => camera.publishVideo(isOn));

element('share').addEventListener('click', () => {
  screenShare = OT.initPublisher('streams', { insertMode: 'append', videoSource: 'screen', name: 'screen' }, fail);
  session.publish(screenShare, fail);
});

element('leave').addEventListener('click', () => {
  session.disconnect();
  precall?.mark('left');
});

element('chat').addEventListener('submit', (event) => {
  event.preventDefault();
  session.signal({ type: 'chat', data: field('message').value }, (/** @type {any} */ error) => {
    fail(error);
    precall?.check('the message was sent', !error);
  });
  field('message').value = '';
});
