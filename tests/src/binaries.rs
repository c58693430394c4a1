//! The real binaries, built once for each run of the tests.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Where the binaries are, once they are built.
static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();

/// The path of the binary `name`, such as `netdata-webhook`, built from the present sources.
pub fn binary(name: &str) -> PathBuf {
    let path = DIRECTORY.get_or_init(build).join(name);
    assert!(path.is_file(), "`cargo build` made no `{}`", path.display());
    path
}

/// Builds every binary of the workspace beside this test, and says where that is.
fn build() -> PathBuf {
    // The test itself is `<target>/<profile>/deps/it-<hash>`.
    let test = std::env::current_exe().expect("a running program has a path");
    let directory = test.ancestors().nth(2).expect("a test lies in `<target>/<profile>/deps`");
    let profile = directory.file_name().and_then(|name| name.to_str()).expect("a profile's name is text");
    let profile = if profile == "debug" { "dev" } else { profile };
    let target = directory.parent().expect("a profile's directory lies in the target directory");
    let built = Command::new(env!("CARGO"))
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        // With a test among the targets cargo chooses dependencies' features as `cargo test --workspace` did;
        // without it, the AWS SDK would be compiled a second time.
        .args(["build", "--quiet", "--workspace", "--bins", "--test", "it", "--profile", profile])
        .arg("--target-dir")
        .arg(target)
        .stdin(Stdio::null())
        .status()
        .expect("cargo can be started");
    assert!(built.success(), "the binaries cannot be built");
    directory.to_owned()
}
