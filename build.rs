//! Embeds the packs: writes a table of every file below `challenges/` for `src/challenge/embed.rs`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("challenges");
    let mut files = Vec::new();
    // Cargo looks at the times of the paths named here. A folder's own time tells of files that come and go, and
    // a folder that is not there yet counts as changed when it appears.
    println!("cargo::rerun-if-changed=challenges");
    if root.is_dir() {
        collect(&root, "", &mut files)?;
    }
    files.sort();
    let mut table = String::from("&[\n");
    for file in &files {
        // Relative to the manifest, so that the table is the same wherever the crate lies.
        writeln!(
            table,
            "    ({file:?}, include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/challenges/\", {file:?}))),"
        )?;
    }
    table.push_str("]\n");
    fs::write(PathBuf::from(env::var("OUT_DIR")?).join("challenges.rs"), table)?;
    Ok(())
}

/// Files below `folder`, named from the root of the packs with `/` between. Hidden files and links stay out:
/// editors leave the first, and the second could bring in what is no part of the packs.
fn collect(folder: &Path, prefix: &str, files: &mut Vec<String>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str().filter(|name| !name.starts_with('.')) else { continue };
        let kind = entry.file_type()?;
        let path = format!("{prefix}{name}");
        if kind.is_dir() || kind.is_file() {
            println!("cargo::rerun-if-changed=challenges/{path}");
        }
        if kind.is_dir() {
            collect(&entry.path(), &format!("{path}/"), files)?;
        } else if kind.is_file() {
            files.push(path);
        }
    }
    Ok(())
}
