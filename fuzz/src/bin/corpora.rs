//! Writes what each target begins with below a folder: `corpora FOLDER`.

use std::error::Error;
use std::fs;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let below = std::env::args().nth(1).ok_or("say below which folder: corpora FOLDER")?;
    for (target, _) in fuzz::TARGETS {
        let folder = Path::new(&below).join(target);
        fs::create_dir_all(&folder)?;
        for (place, content) in fuzz::corpus(target).into_iter().enumerate() {
            fs::write(folder.join(format!("given-{place:03}")), content)?;
        }
    }
    Ok(())
}
