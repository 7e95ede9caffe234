// The look. Themes set the custom properties on the element, or use its parts: root, button, primary, grade, line.

export const STYLE = `
:host { display: block; }
.root {
  color-scheme: light dark;
  --background: var(--precall-background, light-dark(#fff, #171c24));
  --text: var(--precall-text, light-dark(#161b24, #e7ebf1));
  --muted: var(--precall-muted, light-dark(#545e6d, #a3afbf));
  --line: var(--precall-line, light-dark(#d3d9e2, #2f3846));
  --soft: var(--precall-soft, light-dark(#eef1f5, #1f2630));
  --accent: var(--precall-accent, light-dark(#1f5fd6, #8db8ff));
  --on-accent: var(--precall-on-accent, light-dark(#fff, #0f1318));
  --good: var(--precall-good, light-dark(#14734a, #5fd39a));
  --good-soft: light-dark(#dff3e8, #143526);
  --warn: var(--precall-warn, light-dark(#7a4c00, #f0c060));
  --warn-soft: light-dark(#fdf0d2, #3b2e12);
  --bad: var(--precall-bad, light-dark(#b3261e, #ff938a));
  --bad-soft: light-dark(#fde4e1, #45201d);
  --radius: var(--precall-radius, 10px);
  background: var(--background); color: var(--text); line-height: 1.5;
  font-family: var(--precall-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif);
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere; padding: 1rem; border-radius: var(--radius);
}
.root.light { color-scheme: light; }
.root.dark { color-scheme: dark; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
section { max-inline-size: 44rem; margin-inline: auto; }
h2 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .75rem; }
h2:focus { outline: none; }
h2:focus-visible { outline: 2px solid var(--accent); outline-offset: 4px; border-radius: 2px; }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem; }
p { margin: 0 0 .75rem; }
ul { margin: 0 0 .75rem; padding-inline-start: 1.25rem; }
.live { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.note { background: var(--warn-soft); color: var(--warn); border-inline-start: 4px solid; border-radius: 6px; padding: .6rem .8rem; }
.label { display: block; color: var(--muted); font-size: .875rem; margin: 0 0 .15rem; }
.actions { display: flex; flex-wrap: wrap; gap: .6rem; margin: 1.1rem 0; align-items: flex-start; }
button, select, input, textarea { font: inherit; color: inherit; }
button { min-block-size: 44px; padding: .5rem 1.1rem; border: 1px solid var(--accent); border-radius: 8px; background: transparent; color: var(--accent); cursor: pointer; }
button[part~="primary"] { background: var(--accent); color: var(--on-accent); font-weight: 600; }
button:disabled { opacity: .6; cursor: default; }
:is(button, select, input, textarea, summary, .scroll):focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
select, input, textarea { inline-size: 100%; min-block-size: 44px; padding: .4rem .6rem; border: 1px solid var(--muted); border-radius: 8px; background: var(--background); }
.received { min-block-size: 8rem; }
.picture video { display: block; inline-size: 100%; max-block-size: 45vh; aspect-ratio: 16 / 9; object-fit: cover; background: #000; border-radius: var(--radius); transform: scaleX(-1); margin: 0 0 .75rem; }
.received video { transform: none; }
meter { inline-size: 100%; block-size: 1.1rem; }
.sound, .lists, .tone, .as-if { margin: 0 0 .9rem; }
.lists { display: grid; gap: .7rem; grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); }
.answer { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; margin: .6rem 0 0; }
.knobs { display: grid; gap: .6rem; grid-template-columns: repeat(auto-fit, minmax(min(9rem, 100%), 1fr)); margin: .6rem 0 0; }
summary { cursor: pointer; min-block-size: 32px; padding: .25rem 0; color: var(--accent); }
details { margin: 0 0 .6rem; }
.steps { list-style: none; margin: 0 0 1rem; padding: 0; }
.steps li { display: grid; grid-template-columns: 1.8rem minmax(0, 1fr) auto auto; gap: .1rem .6rem; align-items: baseline; padding: .35rem 0; border-block-end: 1px solid var(--line); }
.steps .state, .steps .seconds { color: var(--muted); font-size: .875rem; }
.error { grid-column: 2 / -1; color: var(--muted); font-size: .875rem; }
.mark { display: inline-grid; place-items: center; inline-size: 1.5rem; block-size: 1.5rem; border-radius: 50%; font-weight: 700; font-size: .9rem; line-height: 1; color: var(--muted); background: var(--soft); }
.mark:is(.pass, .passed) { color: var(--good); background: var(--good-soft); }
.mark:is(.warn, .warned) { color: var(--warn); background: var(--warn-soft); border-radius: 5px; }
.mark:is(.fail, .failed) { color: var(--bad); background: var(--bad-soft); border-radius: 2px; }
.mark.running { color: var(--accent); animation: breathe 1.2s ease-in-out infinite; }
@keyframes breathe { 50% { opacity: .35; } }
.grade { display: inline-flex; gap: .4rem; align-items: center; padding: .15rem .8rem .15rem .3rem; border-radius: 999px; font-size: 1rem; vertical-align: middle; }
.grade.pass { color: var(--good); background: var(--good-soft); }
.grade.warn { color: var(--warn); background: var(--warn-soft); }
.grade.fail { color: var(--bad); background: var(--bad-soft); }
.advice { font-size: 1.1rem; }
.tiles { display: grid; gap: .6rem; grid-template-columns: repeat(auto-fit, minmax(min(9rem, 100%), 1fr)); margin: 0 0 .9rem; }
.tile { background: var(--soft); border-radius: 8px; padding: .5rem .7rem; }
.tile b { display: block; font-size: 1.05rem; }
.chart svg { display: block; inline-size: 100%; block-size: 32px; }
.chart polyline { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.root[dir="rtl"] .chart svg { transform: scaleX(-1); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; inline-size: 100%; }
th, td { text-align: start; padding: .3rem .8rem .3rem 0; border-block-end: 1px solid var(--line); font-weight: 400; vertical-align: top; }
thead th { color: var(--muted); font-size: .875rem; }
tbody th { color: var(--muted); }
.said { color: var(--muted); margin-inline-start: .5rem; }
.administrator { border: 1px solid var(--line); border-radius: var(--radius); padding: .2rem 1rem; margin: 1rem 0; }
@media (prefers-reduced-motion: reduce) { .mark.running { animation: none; } }
@media print { .actions, .as-if { display: none; } .root { padding: 0; } }
`;
