(() => {
  /**
   * @typedef {{ kind: string, case?: string, cases?: string[], scenario?: string, startedAt?: string, slots?: number, phase?: string,
   *   attempt?: number, at?: number, up?: number, down?: number, loss?: number | null, outcome?: string, reasons?: string[],
   *   videoMos?: number | null, videoBitrate?: number | null, message?: string }} News
   */
  const KEPT_SECONDS = 60;
  const SILENT_AFTER_MS = 10_000;
  const SVG = 'http://www.w3.org/2000/svg';
  /** @type {Record<string, string>} */
  const CLASSES = {
    passed: 'good',
    failed: 'bad',
    errored: 'bad',
    hung: 'bad',
    running: 'runs',
    waiting: 'waits',
    decided: 'same',
  };

  /** The element with this id, which the page has. @param {string} id */
  const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  /** @param {string} name @param {string} [text] @param {string} [kind] */
  const element = (name, text = '', kind = '') => {
    const made = document.createElement(name);
    made.textContent = text;
    made.className = kind;
    return made;
  };
  /** @param {string} name @param {Record<string, string>} attributes */
  const shape = (name, attributes) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    return made;
  };

  /** The state of each case, by id. @type {Map<string, { state: string, item: HTMLElement }>} */
  const cases = new Map();
  /** The cases that run. @type {Map<string, { figure: HTMLElement, caption: HTMLElement, up: Element, down: Element, seconds: News[] }>} */
  const running = new Map();
  let heardAt = Date.now();
  let isOver = false;

  /** @param {string} id @param {string} state @param {string} [detail] */
  const mark = (id, state, detail = '') => {
    let known = cases.get(id);
    if (!known) {
      known = { state, item: element('li') };
      cases.set(id, known);
      $('cases').append(known.item);
    }
    known.state = state;
    known.item.className = CLASSES[state] ?? 'warn';
    known.item.title = detail ? `${id}: ${state}, ${detail}` : `${id}: ${state}`;
    known.item.setAttribute('aria-label', known.item.title);
  };

  const count = () => {
    /** @type {Map<string, number>} */
    const counts = new Map();
    for (const { state } of cases.values()) counts.set(state, (counts.get(state) ?? 0) + 1);
    const text = [...counts].map(([state, number]) => `${number} ${state}`).join(', ');
    if ($('counts').textContent !== text) $('counts').textContent = text;
    $('idle').hidden = running.size > 0;
    $('none').hidden = $('failures').childElementCount > 0;
  };

  /** @param {string} id @param {number} attempt */
  const begin = (id, attempt) => {
    end(id);
    const figure = element('figure');
    const caption = element('figcaption', attempt > 1 ? `${id}, attempt ${attempt}` : id);
    const chart = shape('svg', { viewBox: '0 0 300 80', class: 'seconds', 'aria-hidden': 'true' });
    const [up, down] = ['up', 'down'].map((kind) => shape('polyline', { class: kind }));
    chart.append(up, down);
    const text = element('p', 'preparing', 'muted');
    figure.append(caption, chart, text);
    running.set(id, { figure, caption: text, up, down, seconds: [] });
    $('running').append(figure);
    mark(id, 'running');
  };

  /** @param {string} id */
  const end = (id) => {
    running.get(id)?.figure.remove();
    running.delete(id);
  };

  /** @param {News} second */
  const draw = (second) => {
    const one = running.get(second.case ?? '');
    if (!one) return;
    one.seconds.push(second);
    if (one.seconds.length > KEPT_SECONDS) one.seconds.shift();
    const first = one.seconds[0]?.at ?? 0;
    const most = Math.max(1, ...one.seconds.map(({ up = 0, down = 0 }) => Math.max(up, down)));
    /** @param {'up' | 'down'} way */
    const points = (way) =>
      one.seconds.map(
        (each) => `${((each.at ?? 0) - first) * (300 / KEPT_SECONDS)},${78 - (76 * (each[way] ?? 0)) / most}`,
      );
    one.up.setAttribute('points', points('up').join(' '));
    one.down.setAttribute('points', points('down').join(' '));
    const rate = (/** @type {number | undefined} */ value) => `${Math.round(value ?? 0)} kbit/s`;
    one.caption.textContent = `${Math.round(second.at ?? 0)} s: up ${rate(second.up)}, down ${rate(second.down)}, loss ${second.loss == null ? '–' : `${second.loss.toFixed(1)} %`}`;
  };

  /** @param {News} news */
  const finish = (news) => {
    const id = news.case ?? '';
    end(id);
    const mos = news.videoMos == null ? '' : `video MOS ${news.videoMos.toFixed(2)}`;
    mark(id, news.outcome ?? '', mos);
    if (news.outcome === 'passed') return;
    const line = element('li');
    line.append(
      element('span', news.outcome, `verdict ${CLASSES[news.outcome ?? ''] ?? 'warn'}`),
      ' ',
      element('b', id),
      ' ',
      element('span', (news.reasons ?? []).join('; '), 'why'),
    );
    $('failures').append(line);
  };

  /** @type {Record<string, (news: News) => void>} */
  const handlers = {
    run: (news) => {
      for (const id of [...running.keys()]) end(id);
      $('scenario').textContent = news.scenario ?? '';
      $('started').textContent = `${news.startedAt}, up to ${news.slots} at once`;
      for (const id of news.cases ?? []) if (!cases.has(id)) mark(id, 'waiting');
      state('goes on', 'warn');
    },
    started: (news) => begin(news.case ?? '', news.attempt ?? 1),
    phase: (news) => {
      const one = running.get(news.case ?? '');
      if (one) one.caption.textContent = news.phase ?? '';
    },
    second: draw,
    finished: finish,
    putBack: (news) => {
      end(news.case ?? '');
      mark(news.case ?? '', 'waiting', 'until it has the host to itself');
    },
    decided: (news) => mark(news.case ?? '', 'decided'),
    warning: (news) => $('warnings').append(element('p', news.message, 'note warn')),
    over: (news) => {
      isOver = true;
      document.getElementById('controls')?.remove();
      source.close();
      state(news.outcome ?? '', CLASSES[news.outcome ?? ''] ?? 'warn');
      $('news').replaceChildren(
        'The run is over: ',
        Object.assign(element('a', 'its report'), { href: location.pathname }),
      );
    },
  };

  /** @param {string} word @param {string} kind */
  const state = (word, kind) => {
    $('state').textContent = word;
    $('state').className = `verdict ${kind}`;
  };

  const source = new EventSource($('live').dataset.news ?? '');
  source.onmessage = ({ data }) => {
    heardAt = Date.now();
    for (const news of /** @type {News[]} */ (JSON.parse(data))) handlers[news.kind]?.(news);
    count();
  };
  source.onerror = () => {
    if (!isOver) state('connecting', 'warn');
  };
  // Every connection gets the run from its beginning.
  source.onopen = () => {
    for (const id of [...running.keys()]) end(id);
    cases.clear();
    for (const id of ['cases', 'failures', 'warnings']) $(id).replaceChildren();
    state('goes on', 'warn');
  };
  setInterval(() => {
    const silent = Date.now() - heardAt;
    const text =
      silent > SILENT_AFTER_MS ? `No news for ${Math.round(silent / 1000)} s: it may have been interrupted.` : '';
    if (!isOver && $('news').textContent !== text) $('news').textContent = text;
  }, 1000);
})();
