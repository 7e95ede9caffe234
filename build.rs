//! Tells the program which commit it is built from.

#[path = "build/commit.rs"]
mod commit;

use std::path::Path;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build/commit.rs");
    let variable = |name: &str| std::env::var(name).unwrap_or_default();
    let version = variable("CARGO_PKG_VERSION");
    // A debug build is of files that change all the time, and each commit would build the whole program and its tests
    // again.
    let long = if variable("PROFILE") == "release" {
        let root = variable("CARGO_MANIFEST_DIR");
        let checkout = commit::of_checkout(Path::new(&root));
        for file in checkout.iter().flat_map(|checkout| &checkout.files) {
            println!("cargo::rerun-if-changed={}", file.display());
        }
        checkout.map_or_else(|| version.clone(), |checkout| format!("{version} ({})", checkout.commit))
    } else {
        format!("{version} (debug build)")
    };
    println!("cargo::rustc-env=PRECALL_LONG_VERSION={long}");
}
