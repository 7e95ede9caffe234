// The devices of a page in Firefox, as pages see devices (W3C mediacapture-streams). Firefox's fake camera and fake
// microphone always exist, are always granted, play no file, and cannot be unplugged. This script denies them, hides
// them, replaces their tracks, and ends tracks as Firefox does when a permission is revoked or a device goes.

/** @typedef {'camera' | 'microphone'} DeviceName */
/** @typedef {{ isPresent: boolean, isGranted: boolean }} Access */
/** @typedef {Access & { frameRate: number, detailed: { width: number, height: number } | null }} CameraSetup */
/** @typedef {{ camera: CameraSetup, microphone: Access & { speech: boolean } }} Setup */
/** @typedef {(frame: number) => void} Draw */

/**
 * @param {string} control The name of the object by which precall reaches the devices.
 * @param {Setup} setup
 */
(control, setup) => {
  // A document without a secure context has no devices; nor has the empty one that a page begins with.
  if (!window.MediaDevices) return;
  /** @type {Record<DeviceName, { track: 'video' | 'audio', listed: string }>} */
  const KINDS = {
    camera: { track: 'video', listed: 'videoinput' },
    microphone: { track: 'audio', listed: 'audioinput' },
  };
  /** @type {DeviceName[]} */
  const DEVICES = ['camera', 'microphone'];
  const { prototype } = MediaDevices;
  const { enumerateDevices, getUserMedia } = prototype;
  /** @type {Record<DeviceName, Set<MediaStreamTrack>>} */
  const live = { camera: new Set(), microphone: new Set() };

  // The tracks that come from the same opening of a device: a page may clone a track, and stop the first.
  /** @type {WeakMap<MediaStreamTrack, { device: DeviceName, family: Set<MediaStreamTrack> }>} */
  const families = new WeakMap();
  /**
   * @param {DeviceName} device
   * @param {MediaStreamTrack} track
   * @param {Set<MediaStreamTrack>} family
   */
  const remember = (device, track, family) => {
    live[device].add(track);
    family.add(track);
    families.set(track, { device, family });
  };
  const { clone } = MediaStreamTrack.prototype;
  MediaStreamTrack.prototype.clone = function cloned() {
    const copy = clone.call(this);
    const known = families.get(this);
    if (known) remember(known.device, copy, known.family);
    return copy;
  };
  const cloneStream = MediaStream.prototype.clone;
  MediaStream.prototype.clone = function cloned() {
    const copy = cloneStream.call(this);
    for (const track of copy.getTracks()) {
      const original = this.getTracks().find(({ kind }) => kind === track.kind);
      const known = original && families.get(original);
      if (known) remember(known.device, track, known.family);
    }
    return copy;
  };

  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  /**
   * @param {number} width
   * @param {number} height
   */
  const newCanvas = (width, height) => {
    const canvas = Object.assign(document.createElement('canvas'), { width, height });
    // A new canvas has this context.
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { alpha: false }));
    return { canvas, context };
  };

  // Returns what draws a moving picture full of detail, which costs an encoder as much as that of Chrome's camera does:
  // a texture in three sizes that pans back and forth, with other grain in each frame.
  /** @type {(context: CanvasRenderingContext2D, width: number, height: number) => Draw} */
  const detailed = (context, width, height) => {
    const [pan, grainRoom] = [480, 256];
    const { canvas: texture, context: drawing } = newCanvas(width + pan, height);
    drawing.fillStyle = '#101010';
    drawing.fillRect(0, 0, texture.width, height);
    drawing.globalCompositeOperation = 'lighter';
    const cells = [
      [64, 110],
      [16, 60],
      [4, 40],
    ];
    for (const [cell, strength] of cells) {
      for (let y = 0; y < height; y += cell) {
        for (let x = 0; x < texture.width; x += cell) {
          const level = Math.floor(random() * strength);
          drawing.fillStyle = `rgb(${level},${level},${level})`;
          drawing.fillRect(x, y, cell, cell);
        }
      }
    }
    const { canvas: grain, context: grains } = newCanvas(width + grainRoom, height + grainRoom);
    const pixels = grains.createImageData(grain.width, grain.height);
    for (let index = 0; index < pixels.data.length; index += 4) {
      const level = Math.floor(random() * 14);
      pixels.data.set([level, level, level, 255], index);
    }
    grains.putImageData(pixels, 0, 0);
    return (frame) => {
      const place = (frame % 120) * 8;
      context.globalCompositeOperation = 'copy';
      context.drawImage(texture, -Math.min(place, 960 - place), 0);
      context.globalCompositeOperation = 'lighter';
      context.drawImage(grain, -Math.floor(random() * grainRoom), -Math.floor(random() * grainRoom));
    };
  };

  // Returns what draws a plain picture: a disc that goes round, as in Chrome's own pattern, and the number of the frame.
  /** @type {(context: CanvasRenderingContext2D, width: number, height: number) => Draw} */
  const pattern = (context, width, height) => (frame) => {
    context.fillStyle = '#1c5a3a';
    context.fillRect(0, 0, width, height);
    const angle = frame / 15;
    context.fillStyle = '#f0d060';
    context.beginPath();
    context.arc(
      width / 2 + (Math.cos(angle) * width) / 4,
      height / 2 + (Math.sin(angle) * height) / 4,
      height / 8,
      0,
      7,
    );
    context.fill();
    context.fillStyle = '#ffffff';
    context.font = `${Math.round(height / 8)}px monospace`;
    context.fillText(String(frame), width / 16, height / 6);
  };

  // Returns the number that a constraint asks for.
  /**
   * @param {ConstrainULong | ConstrainDouble | null | undefined} constraint
   * @param {number} otherwise
   */
  const asked = (constraint, otherwise) => {
    const value =
      constraint && typeof constraint === 'object'
        ? (constraint.exact ?? constraint.ideal ?? constraint.max)
        : constraint;
    return Number(value ?? otherwise);
  };

  /**
   * Returns a track of what is drawn on a canvas.
   * @param {{ width: number, height: number, frameRate: number }} size
   * @param {(context: CanvasRenderingContext2D, width: number, height: number) => Draw} picture
   * @param {string} label
   * @param {MediaTrackSettings} settings What the track says of itself, besides its size.
   */
  const filmed = ({ width, height, frameRate }, picture, label, settings) => {
    const { canvas, context } = newCanvas(width, height);
    const draw = picture(context, width, height);
    /** @type {any} */
    const captured = canvas.captureStream(0);
    const [track] = captured.getVideoTracks();
    Object.defineProperties(track, {
      label: { value: label },
      getSettings: { value: () => ({ ...settings, width, height, frameRate }) },
    });
    let frame = 0;
    let next = performance.now();
    const step = () => {
      const { family } = families.get(track) ?? { family: [track] };
      if ([...family].every(({ readyState }) => readyState === 'ended')) return;
      draw(frame);
      // Firefox has this on the stream, and not on the track.
      captured.requestFrame();
      frame += 1;
      // A page that was blocked does not make up for the frames that it has left out.
      next = Math.max(next + 1000 / frameRate, performance.now() - 100);
      setTimeout(step, Math.max(0, next - performance.now()));
    };
    step();
    return track;
  };

  /**
   * Returns the track of the camera in place of that of Firefox, whose rate falls to two thirds in a busy page.
   * @param {MediaStreamTrack} old
   * @param {MediaStreamConstraints} constraints
   */
  const film = (old, constraints) => {
    const video = constraints.video && typeof constraints.video === 'object' ? constraints.video : {};
    const size = setup.camera.detailed ?? { width: asked(video.width, 640), height: asked(video.height, 480) };
    const frameRate = Math.min(asked(video.frameRate, setup.camera.frameRate), setup.camera.frameRate);
    const picture = setup.camera.detailed ? detailed : pattern;
    return filmed({ ...size, frameRate }, picture, old.label, old.getSettings());
  };

  // Firefox without a display has no screen. Chrome shares the page about once a second.
  prototype.getDisplayMedia = async function shared() {
    const size = { width: 1280, height: 720, frameRate: 1 };
    return new MediaStream([filmed(size, pattern, 'screen', { displaySurface: 'browser' })]);
  };

  // Talk spurts of voiced syllables with pauses between them, of the lengths of ITU-T P.59.
  const speech = () => {
    const audio = new AudioContext({ sampleRate: 48000 });
    const [spurt, pause, spurts, syllables] = [1.004, 1.587, 4, 5];
    const buffer = audio.createBuffer(1, Math.floor((spurt + pause) * spurts * 48000), 48000);
    const samples = buffer.getChannelData(0);
    const length = Math.floor((spurt / syllables) * 48000);
    for (let one = 0; one < spurts * syllables; one += 1) {
      const begin = Math.floor(Math.floor(one / syllables) * (spurt + pause) * 48000) + (one % syllables) * length;
      const pitch = 100 + ((one * 37) % 50);
      for (let index = 0; index < length; index += 1) {
        const envelope = Math.sin((Math.PI * index) / length) ** 2;
        let voice = 0;
        for (let harmonic = 1; harmonic <= 12; harmonic += 1) {
          voice += Math.sin((2 * Math.PI * pitch * harmonic * index) / 48000) / harmonic;
        }
        samples[begin + index] = 0.1 * voice * envelope;
      }
    }
    const source = new AudioBufferSourceNode(audio, { buffer, loop: true });
    const destination = audio.createMediaStreamDestination();
    source.connect(destination);
    source.start();
    return destination.stream.getAudioTracks()[0];
  };

  /**
   * @param {string} name
   * @param {string} message
   */
  const refuse = (name, message) => Promise.reject(new DOMException(message, name));

  prototype.getUserMedia = async function given(constraints) {
    const wanted = DEVICES.filter((device) => constraints?.[KINDS[device].track]);
    if (wanted.some((device) => !setup[device].isPresent)) {
      return refuse('NotFoundError', 'The object can not be found here.');
    }
    if (wanted.some((device) => !setup[device].isGranted)) {
      return refuse(
        'NotAllowedError',
        'The request is not allowed by the user agent or the platform in the current context.',
      );
    }
    const stream = await getUserMedia.call(this, constraints);
    /**
     * @param {MediaStreamTrack | undefined} old
     * @param {(old: MediaStreamTrack, constraints: MediaStreamConstraints) => MediaStreamTrack} make
     */
    const replace = (old, make) => {
      if (!old) return;
      stream.removeTrack(old);
      stream.addTrack(make(old, constraints ?? {}));
      old.stop();
    };
    replace(stream.getVideoTracks()[0], film);
    if (setup.microphone.speech) replace(stream.getAudioTracks()[0], speech);
    for (const track of stream.getVideoTracks()) remember('camera', track, new Set());
    for (const track of stream.getAudioTracks()) remember('microphone', track, new Set());
    return stream;
  };

  prototype.enumerateDevices = async function listed() {
    const hidden = DEVICES.filter((device) => !setup[device].isPresent).map((device) => KINDS[device].listed);
    return (await enumerateDevices.call(this)).filter(({ kind }) => !hidden.includes(kind));
  };

  // Firefox delivers an event that a page makes itself to no listener of a track.
  /** @type {WeakMap<MediaStreamTrack, Set<any>>} */
  const listeners = new WeakMap();
  const { addEventListener, removeEventListener } = EventTarget.prototype;
  /** @type {(this: MediaStreamTrack, type: string, listener: any, ...more: any[]) => void} */
  MediaStreamTrack.prototype.addEventListener = function listen(type, listener, ...more) {
    if (type === 'ended' && listener) listeners.set(this, new Set([...(listeners.get(this) ?? []), listener]));
    return addEventListener.call(this, type, listener, ...more);
  };
  /** @type {(this: MediaStreamTrack, type: string, listener: any, ...more: any[]) => void} */
  MediaStreamTrack.prototype.removeEventListener = function ignore(type, listener, ...more) {
    if (type === 'ended') listeners.get(this)?.delete(listener);
    return removeEventListener.call(this, type, listener, ...more);
  };

  /** @param {DeviceName} device */
  const end = (device) => {
    for (const track of live[device]) {
      if (track.readyState === 'live') {
        track.stop();
        const event = new Event('ended');
        for (const listener of [track.onended, ...(listeners.get(track) ?? [])]) {
          if (typeof listener === 'function') listener.call(track, event);
          else listener?.handleEvent(event);
        }
      }
    }
    live[device].clear();
  };

  const { query } = Permissions.prototype;
  /** @type {(this: Permissions, descriptor: { name: string }) => Promise<any>} */
  Permissions.prototype.query = async function answered(descriptor) {
    const device = DEVICES.find((name) => name === descriptor?.name);
    if (!device) return query.call(this, /** @type {PermissionDescriptor} */ (descriptor));
    const state = setup[device].isGranted ? 'granted' : 'denied';
    return /** @type {any} */ (Object.assign(new EventTarget(), { name: descriptor.name, state, onchange: null }));
  };

  Object.defineProperty(window, control, {
    value: {
      /** @type {(device: DeviceName, isGranted: boolean) => void} */
      permit(device, isGranted) {
        setup[device].isGranted = isGranted;
        if (!isGranted) end(device);
      },
      /** @type {(device: DeviceName) => void} */
      hide(device) {
        setup[device].isPresent = false;
      },
      /** @type {(device: DeviceName) => void} */
      remove(device) {
        setup[device].isPresent = false;
        end(device);
        navigator.mediaDevices.dispatchEvent(new Event('devicechange'));
      },
    },
  });
};
