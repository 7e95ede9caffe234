//! The crate that measures the quality of speech, held against the code of ITU-T P.862 itself, which the Python package
//! `pesq` is made of.

use std::path::Path;

use precall_browser::{Voice, speech_samples};
use precall_netem::rng::SeededRng;

use crate::common::pypi;
use crate::common::{Workspace, said};

/// Samples per second.
const RATE: usize = 16_000;

const SCRIPT: &str = "
import sys, numpy, pesq
for number in range(int(sys.argv[2])):
    read = lambda name: numpy.fromfile(f'{sys.argv[1]}/{name}{number}', dtype='<i2')
    print(pesq.pesq(16000, read('original'), read('received'), 'wb'))
";

/// Speech, and the same speech after something has happened to it.
fn pairs() -> Vec<(Vec<i16>, Vec<i16>)> {
    let speech: Vec<f64> =
        speech_samples(Voice::default()).chunks(3).map(|part| part.iter().sum::<f64>() / 3.0 * 32_000.0).collect();
    let original: Vec<i16> = speech.iter().map(|sample| *sample as i16).collect();
    let mut random = SeededRng::new(1, "noise");
    let mut noisy = |amplitude: f64| -> Vec<i16> {
        speech.iter().map(|sample| (sample + amplitude * (random.uniform() - 0.5)) as i16).collect()
    };
    let mut received = vec![noisy(0.0), noisy(200.0), noisy(2_000.0), noisy(10_000.0)];
    // A low-pass filter, half of the loudness, a delay, and gaps of 40 ms.
    received.push(original.windows(4).map(|part| part.iter().map(|one| one / 4).sum()).chain([0; 3]).collect());
    received.push(original.iter().map(|sample| sample / 2).collect());
    received.push(std::iter::repeat_n(0, 777).chain(original.iter().copied()).take(original.len()).collect());
    let mut gaps = original.clone();
    gaps.chunks_mut(RATE / 4).for_each(|part| part[..RATE / 25].fill(0));
    received.push(gaps);
    received.into_iter().map(|received| (original.clone(), received)).collect()
}

fn write(file: &Path, samples: &[i16]) {
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_le_bytes()).collect();
    std::fs::write(file, bytes).expect("written");
}

#[test]
fn qualities_are_those_of_the_code_of_the_itu() {
    let workspace = Workspace::new();
    let pairs = pairs();
    for (number, (original, received)) in pairs.iter().enumerate() {
        write(&workspace.path().join(format!("original{number}")), original);
        write(&workspace.path().join(format!("received{number}")), received);
    }
    // It is built with a NumPy, and does not say that it needs one.
    let (Some(mut python), Some(measure), Some(numpy)) =
        (pypi::script("pesq==0.0.4", SCRIPT), pypi::pypi("pesq==0.0.4"), pypi::pypi("numpy==2.2.6"))
    else {
        return;
    };
    let path = std::env::join_paths([measure, numpy]).expect("paths without a colon");
    let output = python
        .env("PYTHONPATH", path)
        .arg(workspace.path())
        .arg(pairs.len().to_string())
        .output()
        .expect("python3 starts");
    assert!(output.status.success(), "{}", said(&output));
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let theirs: Vec<f64> = printed.lines().map(|line| line.parse().expect("a figure")).collect();
    assert_eq!(theirs.len(), pairs.len());
    for (number, ((original, received), theirs)) in pairs.iter().zip(theirs).enumerate() {
        let ours = f64::from(pesq::pesq_wb(original, received).expect("a quality"));
        println!("{number}: {ours:.3}, and {theirs:.3} by the code of the ITU");
        assert!((ours - theirs).abs() <= 0.05, "{number}: {ours}, and {theirs} by the code of the ITU");
    }
}
