// The charts of a case share one time axis. Where the pointer is in one of them, a line stands in each, with its values
// there. Dragging zooms all of them; a click keeps a moment, with what happened around it and where it is recorded.
(() => {
  // The edges of the plot are those of `chart/geometry.rs`; an axis has its end in its name, as in `x40-10s`.
  const [WIDTH, LEFT, RIGHT, TOP, BOTTOM] = [340, 38, 332, 8, 118];
  /** How far from a moment an event or a recorded line is still shown with it, in seconds. */
  const NEAR_SECONDS = 0.6;
  const SHORTEST_WINDOW = 1;
  /** A pointer that moves less clicks, in the units of the charts. */
  const DRAG_UNITS = 5;
  const HELP =
    'Point at a chart for its values, drag to zoom, click to keep a moment. Keys: ← → move the moment, + − zoom, Esc ends.';

  /**
   * The state of the charts of a case. Times are in seconds.
   * @typedef {object} Viewer
   * @property {Element} charts
   * @property {number} end The end of the axis.
   * @property {[number, number]} window What is shown.
   * @property {number | undefined} at The moment that is shown.
   * @property {boolean} isKept Whether the moment stays when the pointer leaves.
   * @property {number | undefined} dragged Where a drag began.
   * @property {HTMLElement} moment What happened at a moment that is kept.
   * @property {HTMLElement} whole The button that ends the zoom.
   */

  /** @param {Element} chart @param {'x' | 'y'} axis */
  const end = (chart, axis) =>
    Number(/[xy]([\d.]+)-/.exec(chart.querySelector(`use[href^="#${axis}"]`)?.getAttribute('href') ?? '')?.[1]);
  /** @param {Element} parent @param {string} name @param {Record<string, string | number>} attributes */
  const shape = (parent, name, attributes) => {
    const made = document.createElementNS(parent.namespaceURI, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
    parent.append(made);
    return made;
  };
  /**
   * @template {keyof HTMLElementTagNameMap} Name
   * @param {Element} parent @param {Name} name @param {string} [text] @param {string} [kind]
   */
  const element = (parent, name, text = '', kind = '') => {
    const made = document.createElement(name);
    made.textContent = text;
    made.className = kind;
    parent.append(made);
    return made;
  };

  /**
   * The corners of a path: absolute after `M`, relative after `l`.
   * @param {string} data
   * @returns {Array<[number, number]>}
   */
  const corners = (data) => {
    /** @type {Array<[number, number]>} */
    const found = [];
    let [x, y] = [0, 0];
    for (const [, command, numbers] of data.matchAll(/([Ml])([^Mlz]*)/g)) {
      const values = (numbers.match(/-?[\d.]+/g) ?? []).map(Number);
      for (let n = 0; n + 1 < values.length; n += 2) {
        [x, y] = command === 'M' ? [values[n], values[n + 1]] : [x + values[n], y + values[n + 1]];
        found.push([x, y]);
      }
    }
    return found;
  };

  /**
   * The value of a layer at a place of the whole axis; undefined where it has none near.
   * @param {Element} chart @param {Element} layer @param {number} place
   */
  const valueAt = (chart, layer, place) => {
    const value = (/** @type {number} */ y) => (end(chart, 'y') * (BOTTOM - y)) / (BOTTOM - TOP);
    const all = corners(layer.getAttribute('d') ?? '');
    const kind = layer.getAttribute('class') ?? '';
    // Steps keep a value until the next one.
    if (kind === 'asked') {
      const last = all.filter(([x]) => x <= place).pop();
      return last && value(last[1]);
    }
    const isNear = (/** @type {[number, number]} */ [x]) => Math.abs(x - place) <= (RIGHT - LEFT) / 12;
    // Areas and bars stand on the ground, which is no value of theirs.
    const stands = ['up', 'down', 'drop'].includes(kind);
    const near = all.filter((corner) => isNear(corner) && !(stands && corner[1] === BOTTOM));
    const [nearest] = near.sort(([a], [b]) => Math.abs(a - place) - Math.abs(b - place));
    return nearest ? value(nearest[1]) : stands && all.length > 0 ? 0 : undefined;
  };

  /** Where a time is in a chart that shows a window. @param {number} time @param {[number, number]} window */
  const toPlace = (time, [from, to]) => LEFT + ((time - from) / (to - from)) * (RIGHT - LEFT);
  /** @param {number} place @param {[number, number]} window */
  const toTime = (place, [from, to]) => from + ((place - LEFT) / (RIGHT - LEFT)) * (to - from);

  /** Shows the window of a viewer in one of its charts. @param {Viewer} viewer @param {Element} chart */
  const drawWindow = ({ window, end }, chart) => {
    let layers = chart.querySelector('.layers > g');
    if (!layers) {
      const clip = shape(chart, 'g', { class: 'layers', 'clip-path': 'url(#plot)' });
      layers = shape(clip, 'g', {});
      layers.append(...chart.querySelectorAll(':scope > path'));
    }
    const scale = end / (window[1] - window[0]);
    layers.setAttribute('transform', `translate(${toPlace(0, window) - LEFT * scale} 0) scale(${scale} 1)`);
    chart.querySelector('.ticks')?.remove();
    if (scale === 1) return;
    const ticks = shape(chart, 'g', { class: 'ticks tx' });
    for (const part of [0, 1 / 3, 2 / 3, 1]) {
      const time = window[0] + part * (window[1] - window[0]);
      const text = shape(ticks, 'text', { x: toPlace(time, window), y: BOTTOM + 15 });
      if (part === 1) text.setAttribute('text-anchor', 'end');
      text.textContent = `${time.toFixed(1)}${part === 1 ? ' s' : ''}`;
    }
  };

  /** Shows the moment of a viewer in one of its charts. @param {Viewer} viewer @param {Element} chart */
  const drawMoment = ({ at, window, end: last }, chart) => {
    chart.querySelector('.at')?.remove();
    const figure = chart.closest('figure');
    for (const value of figure?.querySelectorAll('.value') ?? []) value.remove();
    if (at === undefined || at < window[0] || at > window[1]) return;
    shape(chart, 'path', { class: 'at', d: `M${toPlace(at, window)} ${TOP}V${BOTTOM}` });
    for (const name of figure?.querySelectorAll('figcaption i') ?? []) {
      const kind = name.className.replace('k-', '');
      const layer = chart.querySelector(`path.${kind}`);
      const value = layer && valueAt(chart, layer, toPlace(at, [0, last]));
      // Events have no values, and the link behind figures of another unit has no scale.
      if (value === undefined || value === null || /^e\d$/.test(kind) || name.textContent?.startsWith('link '))
        continue;
      element(name, 'b', ` ${Number(value.toPrecision(3))}`, 'value');
    }
    const title = figure?.querySelector('figcaption > b');
    if (title) element(title, 'small', ` at ${at.toFixed(1)} s`, 'value');
  };

  /** The address of the directory of the run: precall's server has it below the report. */
  const base = () =>
    location.protocol === 'file:' || location.pathname.endsWith('.html') ? '' : location.pathname.replace(/\/?$/, '/');

  /** Lists what happened around a moment that is kept, and where it is recorded. @param {Viewer} viewer */
  const listMoment = ({ charts, at, isKept, moment }) => {
    moment.replaceChildren();
    if (at === undefined || !isKept) return;
    element(element(moment, 'p'), 'b', `At ${at.toFixed(1)} s`);
    const happened = [...(charts.parentElement?.querySelectorAll('.events > li') ?? [])].filter(
      (line) => Math.abs(Number(line.firstElementChild?.textContent) - at) <= NEAR_SECONDS,
    );
    if (happened.length > 0) {
      element(moment, 'ol', '', 'events').append(...happened.map((line) => line.cloneNode(true)));
    }
    const places = element(moment, 'p', 'Recorded: ');
    const files = /** @type {Array<[string, number[], number[]]>} */ (
      JSON.parse(charts.getAttribute('data-lines') ?? '[]')
    );
    for (const [path, times, numbers] of files) {
      const near = numbers.filter((_, index) => Math.abs(times[index] - at) <= NEAR_SECONDS);
      if (near.length === 0) continue;
      const [first, last] = [near[0], near[near.length - 1]];
      const lines = first === last ? `line ${first}` : `lines ${first} to ${last}`;
      const link = element(places, 'a', `${path.split('/').pop()}, ${lines}`);
      const isServed = base() !== '';
      link.href = `${base()}${path.split('/').map(encodeURIComponent).join('/')}${isServed ? `?lines=${first}-${last}` : ''}`;
    }
    if (places.childElementCount === 0) places.remove();
  };

  /** @param {Viewer} viewer */
  const draw = (viewer) => {
    const isZoomed = viewer.window[1] - viewer.window[0] < viewer.end;
    viewer.charts.classList.toggle('zoomed', isZoomed);
    viewer.whole.hidden = !isZoomed;
    for (const chart of viewer.charts.querySelectorAll('svg.chart')) {
      if (isZoomed || chart.querySelector('.layers')) drawWindow(viewer, chart);
      drawMoment(viewer, chart);
    }
  };

  /** Shows this part of the time, and no more than there is. @param {Viewer} viewer @param {number} from @param {number} to */
  const zoom = (viewer, from, to) => {
    const length = Math.min(viewer.end, Math.max(SHORTEST_WINDOW, to - from));
    const first = Math.min(Math.max(0, from), viewer.end - length);
    viewer.window = [first, first + length];
  };

  /** @param {Viewer} viewer @param {number | undefined} at @param {boolean} isKept */
  const show = (viewer, at, isKept) => {
    const wasKept = viewer.isKept;
    [viewer.at, viewer.isKept] = [at, isKept];
    draw(viewer);
    if (isKept || wasKept) listMoment(viewer);
  };

  /** The key that was pressed, as a change of the viewer; undefined for other keys. @param {Viewer} viewer @param {string} key */
  const press = (viewer, key) => {
    const [from, to] = viewer.window;
    const at = viewer.at ?? (from + to) / 2;
    const step = Math.max(0.1, (to - from) / 30);
    const around = (/** @type {number} */ factor) => zoom(viewer, at - (at - from) * factor, at + (to - at) * factor);
    /** @type {Record<string, () => void>} */
    const keys = {
      ArrowLeft: () => show(viewer, Math.max(from, at - step), true),
      ArrowRight: () => show(viewer, Math.min(to, at + step), true),
      '+': () => around(0.5),
      '-': () => around(2),
      Escape: () => {
        zoom(viewer, 0, viewer.end);
        show(viewer, undefined, false);
      },
    };
    return keys[key === '=' ? '+' : key === '−' ? '-' : key];
  };

  /** The charts of a case, and how they are used. @param {HTMLElement} charts */
  const view = (charts) => {
    const first = charts.querySelector('svg.chart');
    if (!first) return;
    const length = end(first, 'x');
    const help = element(charts, 'p', `${HELP} `, 'muted help');
    const whole = element(help, 'button', 'Show the whole test');
    whole.type = 'button';
    whole.hidden = true;
    const moment = element(charts, 'div', '', 'moment');
    moment.setAttribute('role', 'status');
    /** @type {Viewer} */
    const viewer = {
      charts,
      end: length,
      window: [0, length],
      at: undefined,
      isKept: false,
      dragged: undefined,
      moment,
      whole,
    };
    charts.tabIndex = 0;
    charts.setAttribute('role', 'group');
    charts.setAttribute('aria-label', `Charts over time. ${HELP}`);

    /** The time under a pointer; undefined outside of the plots. @param {Event} event */
    const timeOf = (event) => {
      const chart = event.target instanceof Element ? event.target.closest('svg.chart') : null;
      if (!chart) return undefined;
      const { left, width } = chart.getBoundingClientRect();
      const { clientX } = /** @type {PointerEvent} */ (event);
      const place = ((clientX - left) / width) * WIDTH;
      return place >= LEFT && place <= RIGHT ? toTime(place, viewer.window) : undefined;
    };
    /** @param {number | undefined} to */
    const drawSpan = (to) => {
      for (const span of charts.querySelectorAll('.span')) span.remove();
      if (viewer.dragged === undefined || to === undefined) return;
      const [a, b] = [viewer.dragged, to].sort((one, other) => one - other).map((time) => toPlace(time, viewer.window));
      for (const chart of charts.querySelectorAll('svg.chart')) {
        shape(chart, 'rect', { class: 'span', x: a, y: TOP, width: b - a, height: BOTTOM - TOP });
      }
    };

    charts.addEventListener('pointerdown', (event) => {
      viewer.dragged = timeOf(event);
    });
    charts.addEventListener('pointermove', (event) => {
      const at = timeOf(event);
      drawSpan(at);
      if (!viewer.isKept) show(viewer, at, false);
    });
    charts.addEventListener('pointerup', (event) => {
      const [from, to] = [viewer.dragged, timeOf(event)];
      viewer.dragged = undefined;
      drawSpan(undefined);
      if (from === undefined || to === undefined) return;
      if (Math.abs(toPlace(from, viewer.window) - toPlace(to, viewer.window)) < DRAG_UNITS) {
        const isSame = viewer.isKept && viewer.at !== undefined && Math.abs(viewer.at - to) < NEAR_SECONDS / 2;
        show(viewer, to, !isSame);
      } else {
        zoom(viewer, Math.min(from, to), Math.max(from, to));
        draw(viewer);
      }
    });
    charts.addEventListener('pointerleave', () => {
      viewer.dragged = undefined;
      drawSpan(undefined);
      if (!viewer.isKept) show(viewer, undefined, false);
    });
    charts.addEventListener('keydown', (event) => {
      const act = event.target === charts && !event.ctrlKey && !event.metaKey && press(viewer, event.key);
      if (!act) return;
      event.preventDefault();
      act();
      draw(viewer);
    });
    whole.addEventListener('click', () => {
      zoom(viewer, 0, viewer.end);
      draw(viewer);
    });
  };

  const definitions = document.querySelector('.defs defs');
  if (definitions) {
    const plot = shape(definitions, 'clipPath', { id: 'plot' });
    shape(plot, 'rect', { x: LEFT, y: 0, width: RIGHT - LEFT + 2, height: BOTTOM + 2 });
  }
  // A run may have a thousand cases: each is prepared when it is opened.
  for (const charts of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('.charts'))) {
    const one = charts.closest('details');
    if (!one || one.open) view(charts);
    else one.addEventListener('toggle', () => view(charts), { once: true });
  }
})();
