// errored: the page sent 5001 console lines; at most 5000 are taken
for (let n = 0; n < 100_000; n += 1) console.log(n);
export default class {}
