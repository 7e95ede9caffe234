(() => {
  /** The element with this id, which the page has. @param {string} id */
  const $ = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
  const search = /** @type {HTMLInputElement} */ ($('search'));
  const list = $('cases');
  const cases = [.../** @type {NodeListOf<HTMLDetailsElement>} */ (list.querySelectorAll('details.case'))];
  /** The line of a case that is always shown. @param {Element} one */
  const row = (one) => /** @type {Element} */ (one.firstElementChild);
  /** @param {Element} one @param {number} column */
  const cell = (one, column) => row(one).children[column];
  const texts = new Map(cases.map((one) => [one, row(one).textContent.toLowerCase()]));
  const boxes = [...$('outcomes').querySelectorAll('input')];

  // Every word has to be somewhere in a row; an outcome that is not ticked hides its rows.
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const hidden = new Set(boxes.filter((box) => !box.checked).map((box) => box.value));
    let shown = 0;
    for (const one of cases) {
      const outcome = cell(one, 1).firstElementChild?.textContent ?? '';
      const fits = !hidden.has(outcome) && words.every((word) => texts.get(one)?.includes(word));
      one.hidden = !fits;
      shown += Number(fits);
    }
    $('shown').textContent = shown === cases.length ? '' : `${shown} of ${cases.length}`;
  };

  /**
   * What a cell sorts by. Numbers come before texts, and what was not measured comes last.
   * @typedef {{ rank: 0 | 1 | 2, number: number, text: string }} Key `number` is in the smallest unit of the column.
   */

  /** @param {Element} one @param {number} column @returns {Key} */
  const key = (one, column) => {
    const text = cell(one, column).textContent.trim();
    const number = parseFloat(text);
    if (text === '–') return { rank: 2, number: 0, text };
    if (column === 0 || Number.isNaN(number)) return { rank: 1, number: 0, text };
    return { rank: 0, number: number * (text.includes('Mbit') ? 1000 : 1), text };
  };
  const collator = new Intl.Collator('en', { numeric: true });
  /** @param {Key} a @param {Key} b */
  const compare = (a, b) =>
    a.rank - b.rank || (a.rank === 1 ? collator.compare(a.text, b.text) : Math.sign(a.number - b.number));
  /** @param {Element} head @param {number} column */
  const sort = (head, column) => {
    const down = head.getAttribute('aria-sort') === 'ascending';
    for (const other of $('head').children) other.removeAttribute('aria-sort');
    head.setAttribute('aria-sort', down ? 'descending' : 'ascending');
    const keyed = cases.map((one) => ({ one, key: key(one, column) }));
    keyed.sort(({ key: a }, { key: b }) => {
      const order = compare(a, b);
      return down && a.rank !== 2 && b.rank !== 2 ? -order : order;
    });
    list.append(...keyed.map(({ one }) => one));
  };

  const heads = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll('#head > *'));
  heads.forEach((head, column) => {
    head.tabIndex = 0;
    head.setAttribute('role', 'button');
    head.addEventListener('click', () => sort(head, column));
    head.addEventListener('keydown', (event) => {
      if (event.key === 'Enter' || event.key === ' ') {
        event.preventDefault();
        sort(head, column);
      }
    });
  });
  $('head').dataset.sortable = '';
  $('tools').hidden = false;
  $('tools').addEventListener('submit', (event) => event.preventDefault());
  $('tools').addEventListener('input', filter);
  $('open').addEventListener('click', () => {
    const shown = cases.filter((one) => !one.hidden);
    const open = !shown.every((one) => one.open);
    shown.forEach((one) => {
      one.open = open;
    });
  });

  // One time for all charts of a case: where the pointer is in one of them, a line stands in each, with its values there.
  // The edges of the plot are those of `chart/geometry.rs`; an axis has its end in its name, as in `x40-10s`.
  const [LEFT, RIGHT, TOP, BOTTOM] = [38, 332, 8, 118];
  /** @param {Element} chart @param {'x' | 'y'} axis */
  const end = (chart, axis) =>
    Number(/[xy]([\d.]+)-/.exec(chart.querySelector(`use[href^="#${axis}"]`)?.getAttribute('href') ?? '')?.[1]);
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
   * The value of a layer at a place; undefined where it has none near.
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
  /** @param {Element} charts @param {number | undefined} place In the charts' own units; undefined to end. */
  const point = (charts, place) => {
    for (const chart of charts.querySelectorAll('svg.chart')) {
      chart.querySelector('.at')?.remove();
      const figure = chart.closest('figure');
      for (const value of figure?.querySelectorAll('.value') ?? []) value.remove();
      if (place === undefined) continue;
      const line = document.createElementNS(chart.namespaceURI, 'path');
      line.setAttribute('class', 'at');
      line.setAttribute('d', `M${place} ${TOP}V${BOTTOM}`);
      chart.append(line);
      for (const name of figure?.querySelectorAll('figcaption i') ?? []) {
        const layer = chart.querySelector(`path.${name.className.replace('k-', '')}`);
        const value = layer && valueAt(chart, layer, place);
        // The link behind figures of another unit has no scale.
        if (value === undefined || value === null || name.textContent?.startsWith('link ')) continue;
        const shown = document.createElement('b');
        shown.className = 'value';
        shown.textContent = ` ${Number(value.toPrecision(3))}`;
        name.append(shown);
      }
      const seconds = document.createElement('small');
      seconds.className = 'value';
      seconds.textContent = ` at ${(((place - LEFT) / (RIGHT - LEFT)) * end(chart, 'x')).toFixed(1)} s`;
      figure?.querySelector('figcaption > b')?.append(seconds);
    }
  };
  for (const charts of document.querySelectorAll('.charts')) {
    charts.addEventListener('pointermove', (event) => {
      const chart = /** @type {Element} */ (event.target).closest('svg.chart');
      if (!chart) return;
      const { left, width } = chart.getBoundingClientRect();
      const { clientX } = /** @type {PointerEvent} */ (event);
      const place = ((clientX - left) / width) * 340;
      point(charts, place >= LEFT && place <= RIGHT ? Math.round(place) : undefined);
    });
    charts.addEventListener('pointerleave', () => point(charts, undefined));
  }

  // A link to a case opens it, whether or not it is filtered away.
  const reveal = () => {
    const target = /^#case-\d+$/.test(location.hash) ? document.querySelector(location.hash) : null;
    const one = target?.parentElement;
    if (one instanceof HTMLDetailsElement) {
      one.hidden = false;
      one.open = true;
      one.scrollIntoView();
    }
  };
  addEventListener('hashchange', reveal);
  reveal();
})();
