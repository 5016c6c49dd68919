//! The preloaded disk of `slow_sync.c`: its delay is felt, and a full disk is full only where and while it
//! was asked for.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a failed step is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A scratch directory with the library in it.
struct Disk(PathBuf);

impl Disk {
    fn make(name: &str) -> Self {
        let dir =
            Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("slow-sync-{name}-{}", std::process::id()));
        fs::create_dir_all(dir.join("full")).unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("slow_sync.c");
        let mut cc = Command::new("cc");
        cc.args(["-O2", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o"])
            .arg(dir.join("slow_sync.so"));
        assert!(cc.arg(source).status().unwrap().success());
        Self(dir)
    }

    fn run(&self, program: &str, args: &[&str], delay_us: &str) -> Output {
        let mut command = Command::new(program);
        command.args(args).current_dir(&self.0).env("LD_PRELOAD", self.0.join("slow_sync.so"));
        command.env("SYNC_DELAY_US", delay_us);
        command.env("DISK_FULL_DIR", self.0.join("full")).env("DISK_FULL_FLAG", self.0.join("flag"));
        command.output().unwrap()
    }

    fn sync_p50_ms(&self, delay_us: &str) -> f64 {
        let output = self.run(env!("CARGO_BIN_EXE_probe"), &["--data", ".", "--seconds", "1"], delay_us);
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["p50_ms"].as_f64().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn every_sync_takes_the_delay_longer() {
    let disk = Disk::make("delay");
    let (plain, slow) = (disk.sync_p50_ms("0"), disk.sync_p50_ms("20000"));
    assert!(slow >= 20.0 && slow >= plain + 10.0, "{plain} ms without, {slow} ms with 20 ms more");
}

#[test]
fn the_disk_is_full_below_its_directory_while_the_flag_stands() {
    let disk = Disk::make("full");
    let writes: [(&str, &[&str]); 3] = [
        ("dd", &["if=/dev/zero", "of=full/file", "bs=4096", "count=1", "conv=notrunc"]),
        ("truncate", &["-s", "+8192", "full/file"]),
        ("fallocate", &["-l", "65536", "full/file"]),
    ];
    for (program, args) in writes {
        assert!(disk.run(program, args, "0").status.success(), "{program} with room");
    }
    let before = fs::read(disk.0.join("full/file")).unwrap();
    fs::write(disk.0.join("flag"), "").unwrap();
    for (program, args) in writes {
        let output = disk.run(program, args, "0");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains("No space left"), "{program}: {said}");
    }
    assert_eq!(fs::read(disk.0.join("full/file")).unwrap(), before);
    assert!(disk.run("truncate", &["-s", "16", "full/file"], "0").status.success(), "a file may shrink");
    assert!(disk.run("truncate", &["-s", "+16", "beside"], "0").status.success(), "elsewhere there is room");
    fs::remove_file(disk.0.join("flag")).unwrap();
    assert!(disk.run("truncate", &["-s", "+16", "full/file"], "0").status.success(), "there is room again");
}
