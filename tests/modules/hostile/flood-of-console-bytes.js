// errored: bytes of console lines; at most 4194304 are taken
for (let n = 0; n < 3_000; n += 1) console.log('x'.repeat(4_000));
export default class {}
