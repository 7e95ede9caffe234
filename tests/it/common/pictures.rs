//! Pictures of pages: every test run keeps them as artefacts, and some are in the documents.

use std::path::{Path, PathBuf};

/// The states whose pictures are in the documents; `UPDATE_PICTURES=1` renews them.
const DOCUMENTED: [(&str, &str); 4] = [
    ("devices", "line-test-devices.png"),
    ("result-good", "line-test-result.png"),
    ("live-run", "live-run.png"),
    ("case-viewer", "case-viewer.png"),
];

/// Where the pictures of all states are kept.
pub fn pictures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pictures/precall")
}

/// Keeps the picture of a page in a state.
pub fn keep_picture(state: &str, picture: Vec<u8>) {
    let directory = pictures();
    std::fs::create_dir_all(&directory).expect("made");
    let for_documents = DOCUMENTED.iter().find(|(documented, _)| *documented == state);
    if let Some((_, name)) = for_documents.filter(|_| std::env::var_os("UPDATE_PICTURES").is_some()) {
        let images = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/src/images");
        std::fs::write(images.join(name), &picture).expect("written");
    }
    std::fs::write(directory.join(format!("{state}.png")), picture).expect("written");
}
