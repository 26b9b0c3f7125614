//! Lists the shipped policy packs, so that the program carries them and reads no file for them.
//! Folders whose name begins with `_`, such as the template, are not shipped.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

fn main() -> io::Result<()> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("../../policies");
    println!("cargo::rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files)?;
    files.sort();
    let mut code = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root).map_err(io::Error::other)?;
        let absolute = file.canonicalize()?;
        code.push_str(&format!("    ({name:?}, include_str!({absolute:?})),\n"));
    }
    code.push(']');
    fs::write(Path::new(&variable("OUT_DIR")).join("shipped_files.rs"), code)
}

fn variable(name: &str) -> String {
    std::env::var(name).expect("cargo sets it for build scripts")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('_') {
            continue;
        }
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|ending| ending == "toml" || ending == "seals") {
            files.push(path);
        }
    }
    Ok(())
}
