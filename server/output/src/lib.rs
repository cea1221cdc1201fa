//! How every command writes a file it was told to write. Nothing that was there before is ever written over without
//! `--force`, deleted, or left half written; what a command reads is not written over at all.

use std::ffi::OsString;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// A file that the same command reads: no output may take its place, whatever is forced.
#[derive(Clone, Copy, Debug)]
pub enum Kept<'a> {
    /// What goes in.
    Input(&'a Path),
    /// The SQLite database, with the files that SQLite keeps beside it.
    Database(&'a Path),
}

/// Files that belong to an SQLite database: their names begin with its own.
const BESIDE_A_DATABASE: [&str; 4] = ["", "-wal", "-shm", "-journal"];

/// Why an output file is refused. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Something is there already, and nobody said `--force`.
    #[error("{} is there already; give another name, or --force to overwrite it", .0.display())]
    Exists(PathBuf),
    /// It is a file that the command reads.
    #[error("{} is a file this command reads; give the output another name", .0.display())]
    Input(PathBuf),
    /// It is the database, or belongs to it.
    #[error("{} belongs to the database; give the output another name", .0.display())]
    Database(PathBuf),
    /// A folder, a device or a link that leads nowhere.
    #[error("{} is not a file; give the output another name", .0.display())]
    NoFile(PathBuf),
    /// What the system said.
    #[error("cannot write {}: {}", .0.display(), .1)]
    Unwritable(PathBuf, io::Error),
}

/// A place for an output, taken before the work begins, so that whoever asked for a file gets it or hears at once why
/// not. Dropped without [`Output::finish`], it leaves everything as it was.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    file: File,
    place: Place,
}

/// Where the bytes go until all of them are written.
#[derive(Debug)]
enum Place {
    /// There was nothing: the file is ours.
    New,
    /// A file of ours beside the one whose place it takes at the end.
    Instead { of: PathBuf, ours: PathBuf },
    /// A pipe or a terminal: it holds nothing that could be lost.
    Stream,
    /// All is written, and nothing has to be cleared away.
    Finished,
}

impl Output {
    /// Takes the place at `path`. With `force` a file that is there will be replaced at the end, as a whole.
    ///
    /// # Errors
    /// Something is there and `force` is not given; it is one of the files `kept`; or it cannot be written.
    pub fn take(path: &Path, force: bool, kept: &[Kept<'_>]) -> Result<Self, Refused> {
        for file in kept {
            file.keep(path)?;
        }
        let unwritable = |reason: io::Error| match reason.kind() {
            ErrorKind::AlreadyExists => Refused::Exists(path.to_owned()),
            _ => Refused::Unwritable(path.to_owned(), reason),
        };
        let output = |file, place| Self {
            path: path.to_owned(),
            file,
            place,
        };
        match what_is_there(path)? {
            None => Ok(output(create(path).map_err(unwritable)?, Place::New)),
            Some(there) if is_stream(&there) => {
                let stream = OpenOptions::new().write(true).open(path);
                Ok(output(stream.map_err(unwritable)?, Place::Stream))
            }
            Some(there) if !there.is_file() => Err(Refused::NoFile(path.to_owned())),
            Some(_) if !force => Err(Refused::Exists(path.to_owned())),
            Some(there) if there.permissions().readonly() => Err(unwritable(ErrorKind::PermissionDenied.into())),
            Some(there) => {
                // What a link names is replaced, not the link.
                let of = path.canonicalize().map_err(unwritable)?;
                let ours = beside(&of);
                let file = create(&ours).map_err(unwritable)?;
                let output = output(file, Place::Instead { of, ours });
                // Whoever could not read the old one cannot read the new one either.
                let same = output.file.set_permissions(there.permissions());
                same.map_err(unwritable)?;
                Ok(output)
            }
        }
    }

    /// The file as it was named.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a file that was there will be replaced.
    pub const fn replaces(&self) -> bool {
        matches!(self.place, Place::Instead { .. })
    }

    /// Writes all of it, and only then lets it take its place.
    ///
    /// # Errors
    /// It cannot be written; everything is as it was before [`Output::take`].
    pub fn finish(mut self, content: &[u8]) -> Result<(), Refused> {
        let written = self.write(content);
        if written.is_ok() {
            self.place = Place::Finished;
        }
        written.map_err(|reason| Refused::Unwritable(self.path.clone(), reason))
    }

    fn write(&mut self, content: &[u8]) -> io::Result<()> {
        self.file.write_all(content)?;
        match &self.place {
            Place::Stream | Place::Finished => Ok(()),
            Place::New => self.file.sync_all(),
            Place::Instead { of, ours } => {
                self.file.sync_all()?;
                fs::rename(ours, of)
            }
        }
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        let ours = match &self.place {
            Place::New => &self.path,
            Place::Instead { ours, .. } => ours,
            Place::Stream | Place::Finished => return,
        };
        let _ = fs::remove_file(ours);
    }
}

impl Kept<'_> {
    fn keep(&self, output: &Path) -> Result<(), Refused> {
        match self {
            Self::Input(input) if is_same(input, output) => Err(Refused::Input(output.to_owned())),
            Self::Database(database) => {
                let mut files = BESIDE_A_DATABASE.iter().map(|ending| {
                    let mut name = database.as_os_str().to_owned();
                    name.push(ending);
                    PathBuf::from(name)
                });
                if files.any(|file| is_same(&file, output)) {
                    return Err(Refused::Database(output.to_owned()));
                }
                Ok(())
            }
            Self::Input(_) => Ok(()),
        }
    }
}

/// What lies at `path`, links followed.
fn what_is_there(path: &Path) -> Result<Option<Metadata>, Refused> {
    match fs::symlink_metadata(path) {
        Ok(_) => Ok(Some(fs::metadata(path).map_err(|_| Refused::NoFile(path.to_owned()))?)),
        Err(reason) if reason.kind() == ErrorKind::NotFound => Ok(None),
        Err(reason) => Err(Refused::Unwritable(path.to_owned(), reason)),
    }
}

/// A file that is ours from its first byte: whatever is there already is left alone.
fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(format!(".{}.part", std::process::id()));
    path.with_file_name(name)
}

/// Whether both name one file, be it there or not: by other spellings, by links, by a second name on the disk.
fn is_same(one: &Path, other: &Path) -> bool {
    match (place(one), place(other)) {
        (Some(one), Some(other)) if one == other => true,
        _ => is_same_on_disk(one, other),
    }
}

/// The one spelling of a path whose folder is there.
fn place(path: &Path) -> Option<PathBuf> {
    if let Ok(place) = path.canonicalize() {
        return Some(place);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
    Some(folder.join(path.file_name()?))
}

#[cfg(unix)]
fn is_same_on_disk(one: &Path, other: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let number = |path| fs::metadata(path).ok().map(|there| (there.dev(), there.ino()));
    number(one).is_some_and(|one| Some(one) == number(other))
}

#[cfg(not(unix))]
fn is_same_on_disk(_one: &Path, _other: &Path) -> bool {
    false
}

#[cfg(unix)]
fn is_stream(there: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    there.file_type().is_fifo() || there.file_type().is_char_device()
}

#[cfg(not(unix))]
fn is_stream(_there: &Metadata) -> bool {
    false
}

#[cfg(test)]
mod tests;
