//! Files and directories that are for their owner only: the store has the secret that signs tokens.

use std::fs::File;
use std::io::{Error, ErrorKind};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;
use std::time::Duration;

use rustix::fs::OFlags;

/// Who may do what: the owner everything, nobody else anything.
const DIR_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
const LOCK_POLL: Duration = Duration::from_millis(50);

/// Makes the directory where it is missing.
pub fn make_dir(dir: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(DIR_MODE).create(dir)
}

/// What is wrong with a directory that is there already, in words; an error if it cannot be used at all. It is left
/// as it is: whoever made it may have meant it so.
pub fn look_at_dir(dir: &Path) -> std::io::Result<Option<String>> {
    let mode = std::fs::metadata(dir)?.mode();
    let shown = dir.display();
    if mode & 0o002 != 0 {
        let detail = format!(
            "everybody may write into {shown}: `chmod 700 {shown}`, or name a directory below it that is not there yet"
        );
        return Err(Error::new(ErrorKind::PermissionDenied, detail));
    }
    let others = mode & 0o077;
    Ok((others != 0)
        .then(|| format!("{shown} is open to others (mode {:03o}): `chmod 700 {shown}`", mode & 0o777)))
}

/// Opens a file for reading and writing, made if it is missing, and closed to all others if it was not. No link is
/// followed and no other thing than a file is opened; one that somebody else put there is refused.
pub fn open_file(path: &Path) -> std::io::Result<File> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let file = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(FILE_MODE)
        .custom_flags(flags.bits().cast_signed())
        .open(path)?;
    let found = file.metadata()?;
    if !found.is_file() {
        return Err(Error::new(ErrorKind::InvalidInput, format!("{} is no file", path.display())));
    }
    let me = rustix::process::geteuid().as_raw();
    let home = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let home = std::fs::metadata(home)?;
    if found.uid() != me && found.uid() != home.uid() {
        let detail = format!("{} belongs to user {}, not to us", path.display(), found.uid());
        return Err(Error::new(ErrorKind::PermissionDenied, detail));
    }
    if me == 0 && found.uid() == 0 && home.uid() != 0 {
        // Made by an administrator beside a server that runs as somebody else, who has to open it as well.
        fchown(&file, Some(home.uid()), Some(home.gid()))?;
    }
    if found.mode() & 0o777 != FILE_MODE {
        file.set_permissions(std::fs::Permissions::from_mode(FILE_MODE))?;
    }
    Ok(file)
}

/// Closes a file to all others, if it is there.
pub fn close_to_others(path: &Path) -> std::io::Result<()> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_file() && found.mode() & 0o077 != 0 => {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(FILE_MODE))
        }
        Ok(_) => Ok(()),
        Err(missing) if missing.kind() == ErrorKind::NotFound => Ok(()),
        Err(cause) => Err(cause),
    }
}

/// Locks the file, and says for whom it waits. An error when it was not free within this time.
pub async fn lock(file: &File, path: &Path, within: Duration) -> std::io::Result<()> {
    let started = tokio::time::Instant::now();
    let mut is_told = false;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(std::fs::TryLockError::Error(cause)) => return Err(cause),
            Err(std::fs::TryLockError::WouldBlock) => {}
        }
        if started.elapsed() >= within {
            let detail = format!("{} is locked by {}", path.display(), holder(file));
            return Err(Error::new(ErrorKind::TimedOut, detail));
        }
        if !is_told {
            tracing::warn!(file = %path.display(), holder = holder(file), "waiting for a lock");
            is_told = true;
        }
        tokio::time::sleep(LOCK_POLL).await;
    }
}

/// Who has locked the file, as far as this can be found out.
pub fn holder(file: &File) -> String {
    let pid = file.metadata().ok().and_then(|found| {
        let locks = std::fs::read_to_string("/proc/locks").ok()?;
        let of_this = format!(":{}", found.ino());
        locks.lines().find_map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let [_, "FLOCK", _, _, pid, inode, ..] = fields[..] else { return None };
            inode.ends_with(&of_this).then(|| pid.parse::<u32>().ok()).flatten()
        })
    });
    match pid {
        Some(pid) if pid > 0 => match std::fs::read_to_string(format!("/proc/{pid}/comm")) {
            Ok(name) => format!("process {pid} ({})", name.trim()),
            Err(_) => format!("process {pid}"),
        },
        _ => "another process".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_file_is_made_for_its_owner_and_one_that_was_open_to_others_is_closed() {
        let dir = tempfile::tempdir().unwrap();
        let (fresh, old) = (dir.path().join("fresh"), dir.path().join("old"));
        open_file(&fresh).unwrap();
        std::fs::write(&old, "kept").unwrap();
        set_mode(&old, 0o666);
        open_file(&old).unwrap();
        assert_eq!((mode(&fresh), mode(&old)), (0o600, 0o600));
        assert_eq!(std::fs::read_to_string(&old).unwrap(), "kept");
    }

    #[test]
    fn links_pipes_and_directories_are_no_lock_files() {
        let dir = tempfile::tempdir().unwrap();
        let link = dir.path().join("link");
        std::os::unix::fs::symlink(dir.path().join("target"), &link).unwrap();
        assert!(open_file(&link).is_err());
        assert!(!dir.path().join("target").exists());
        let pipe = dir.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let refused = open_file(&pipe).unwrap_err();
        assert!(refused.to_string().contains("is no file"), "{refused}");
        assert!(open_file(dir.path()).is_err());
    }

    #[test]
    fn a_directory_that_others_can_read_is_told_and_one_that_all_can_write_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        set_mode(dir.path(), 0o700);
        assert_eq!(look_at_dir(dir.path()).unwrap(), None);
        for open in [0o750, 0o755, 0o770, 0o705] {
            set_mode(dir.path(), open);
            let told = look_at_dir(dir.path()).unwrap().unwrap();
            assert!(told.contains(&format!("mode {open:03o}")), "{told}");
        }
        for wide in [0o777, 0o1777, 0o702] {
            set_mode(dir.path(), wide);
            assert!(look_at_dir(dir.path()).unwrap_err().to_string().contains("chmod 700"));
        }
        set_mode(dir.path(), 0o700);
    }

    #[tokio::test(start_paused = true)]
    async fn a_lock_that_somebody_holds_is_not_waited_for_without_end() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("lock");
        let (held, other) = (open_file(&path).unwrap(), open_file(&path).unwrap());
        held.lock().unwrap();
        let refused = lock(&other, &path, Duration::from_secs(60)).await.unwrap_err().to_string();
        assert!(refused.contains(&format!("process {}", std::process::id())), "{refused}");
        drop(held);
        lock(&other, &path, Duration::from_secs(60)).await.unwrap();
    }
}
