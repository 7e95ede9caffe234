/// <reference types="uplot" />
(() => {
  /**
   * @typedef {{ kind: string, case?: string, cases?: string[], scenario?: string, startedAt?: string, slots?: number, phase?: string,
   *   attempt?: number, at?: number, up?: number, down?: number, loss?: number | null, received?: number | null,
   *   estimate?: number | null, frameRate?: number | null, busy?: number | null, pressure?: number | null, outcome?: string, reasons?: string[],
   *   videoMos?: number | null, videoBitrate?: number | null, message?: string }} News
   */
  const KEPT_SECONDS = 60;
  const SILENT_AFTER_MS = 10_000;
  /** The lines of a chart: the member of the news, and the custom property of its colour. @type {Array<['up' | 'down' | 'estimate' | 'received', string]>} */
  const LINES = [
    ['up', '--up'],
    ['down', '--down'],
    ['estimate', '--est'],
    ['received', '--v'],
  ];
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
  /** The colour of a custom property, as the system's light or dark mode has it now. @param {string} name */
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name);

  /** The state of each case, by id. @type {Map<string, { state: string, item: HTMLElement }>} */
  const cases = new Map();
  /**
   * A case that runs. The columns of its chart are times in seconds, and then the rates of `LINES` in kbit/s.
   * @typedef {{ figure: HTMLElement, text: HTMLElement, chart: uPlot, columns: [number[], ...Array<Array<number | null>>], loss: string }} RunningCase
   */
  /** @type {Map<string, RunningCase>} */
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

  /** @param {number} width @param {HTMLElement} parent @param {RunningCase['columns']} columns */
  const chartOf = (width, parent, columns) => {
    const axis = { stroke: () => colour('--muted'), grid: { stroke: () => colour('--line'), width: 1 }, size: 54 };
    /** @param {[string, string]} line @returns {uPlot.Series} */
    const series = ([label, property]) => ({
      label,
      stroke: () => colour(property),
      width: 2,
      spanGaps: true,
      points: { show: false },
      value: (_, value) => (value == null ? '–' : `${Math.round(value)} kbit/s`),
    });
    /** @type {uPlot.Options} */
    const options = {
      width,
      height: 150,
      // A test shows at least as many seconds as there were.
      scales: { x: { time: false }, y: { range: (_, __, most) => [0, Math.max(100, most * 1.1)] } },
      axes: [{ ...axis, size: 28, values: (_, ticks) => ticks.map((tick) => `${tick} s`) }, axis],
      series: [
        { label: 'time', value: (_, value) => (value == null ? '–' : `${value.toFixed(1)} s`) },
        ...LINES.map(series),
      ],
      cursor: { drag: { x: false, y: false } },
    };
    return new uPlot(options, columns, parent);
  };

  /** @param {string} id @param {number} attempt */
  const begin = (id, attempt) => {
    end(id);
    const figure = element('figure');
    const text = element('p', 'preparing', 'muted');
    const plot = element('div', '', 'plot');
    // The line of text beside it has the latest values.
    plot.setAttribute('aria-hidden', 'true');
    figure.append(element('figcaption', attempt > 1 ? `${id}, attempt ${attempt}` : id), plot, text);
    $('running').append(figure);
    /** @type {RunningCase['columns']} */
    const columns = [[], ...LINES.map(() => /** @type {Array<number | null>} */ ([]))];
    running.set(id, { figure, text, chart: chartOf(plot.clientWidth || 300, plot, columns), columns, loss: '–' });
    mark(id, 'running');
  };

  /** @param {string} id */
  const end = (id) => {
    const one = running.get(id);
    one?.chart.destroy();
    one?.figure.remove();
    running.delete(id);
  };

  /** Adds figures of one moment to the chart of a case: those of the link, or those of the network test. @param {News} news */
  const add = (news) => {
    const one = running.get(news.case ?? '');
    if (!one) return;
    const [times, ...rates] = one.columns;
    const at = news.at ?? 0;
    // The link and the network test tell of moments of their own, which have to be in order.
    const place = times.findLastIndex((time) => time <= at) + 1;
    times.splice(place, 0, at);
    rates.forEach((column, number) => column.splice(place, 0, news[LINES[number][0]] ?? null));
    while (at - times[0] > KEPT_SECONDS) one.columns.forEach((column) => column.shift());
    one.chart.setData(one.columns);
    if (news.loss != null) one.loss = `${news.loss.toFixed(1)} %`;
    const latest = LINES.map(([name], number) => [name, rates[number].findLast((rate) => rate !== null)]);
    const words = latest
      .filter(([, rate]) => rate != null)
      .map(([name, rate]) => `${name} ${Math.round(Number(rate))} kbit/s`);
    one.text.textContent = `${Math.round(at)} s: ${words.join(', ')}, loss ${one.loss}`;
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
      if (one) one.text.textContent = news.phase ?? '';
    },
    second: add,
    sample: add,
    host: ({ busy, pressure }) => {
      const percent = (/** @type {number | null | undefined} */ share) =>
        share == null ? '–' : `${Math.round(share)} %`;
      $('host').textContent = `CPUs of the host: ${percent(busy)} busy, a task waits ${percent(pressure)} of the time`;
    },
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
  addEventListener('resize', () => {
    for (const { chart, figure } of running.values()) chart.setSize({ width: figure.clientWidth, height: 150 });
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
    for (const { chart } of running.values()) chart.redraw();
  });
  setInterval(() => {
    const silent = Date.now() - heardAt;
    const text =
      silent > SILENT_AFTER_MS ? `No news for ${Math.round(silent / 1000)} s: it may have been interrupted.` : '';
    if (!isOver && $('news').textContent !== text) $('news').textContent = text;
  }, 1000);
})();
