//! Tells the compiler where the built app lies: `target/app`, unless `RAPPORT_APP_DIR` names another folder.

use std::path::PathBuf;

fn main() {
    println!("cargo::rerun-if-env-changed=RAPPORT_APP_DIR");
    let folder = std::env::var_os("RAPPORT_APP_DIR").map_or_else(
        || {
            let here = std::env::var_os("CARGO_MANIFEST_DIR")
                .map(PathBuf::from)
                .unwrap_or_default();
            here.join("../target/app")
        },
        PathBuf::from,
    );
    // Only a released server carries the app inside; another one reads it from the disk and need not be built anew.
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo::rerun-if-changed={}", folder.display());
    } else {
        // A folder that is not there yet could not be told by its true path, by which files are then looked for.
        if let Err(reason) = std::fs::create_dir_all(&folder) {
            println!("cargo::warning=cannot make {}: {reason}", folder.display());
        }
        println!("cargo::rerun-if-changed=build.rs");
    }
    println!("cargo::rustc-env=RAPPORT_APP_DIR={}", folder.display());
}
