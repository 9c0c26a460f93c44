// SPDX-License-Identifier: MIT OR Apache-2.0

//! The machines, how to build for them and how to run on them.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::Result;

/// A machine that an emulator has.
#[derive(Debug)]
pub struct Board {
    pub name: &'static str,
    target: &'static str,
    /// Folder of its memory map, and value of the cfg `board`.
    memory: &'static str,
    rustflags: &'static str,
    /// The feature with assembly for the processor.
    assembly: Option<&'static str>,
    emulator: &'static [&'static str],
    /// Instructions for so many ticks of the board's counter.
    instructions_per_ticks: (u64, u64),
}

const ARM: &str = "-C link-arg=-Tlink.x";
const RISCV: &str = "-C link-arg=-Tmemory.x -C link-arg=-Tlink.x";

pub const BOARDS: &[Board] = &[
    Board {
        name: "cortex-m4",
        target: "thumbv7em-none-eabihf",
        memory: "mps2",
        rustflags: ARM,
        assembly: Some("cortex-m-dsp"),
        // 64 ns an instruction and 40 ns a tick.
        emulator: &["qemu-system-arm", "-M", "mps2-an386", "-icount", "shift=6"],
        instructions_per_ticks: (5, 8),
    },
    Board {
        name: "cortex-m33",
        target: "thumbv8m.main-none-eabihf",
        memory: "mps2-an505",
        // Without it the target has no DSP extension, and the arithmetic takes twice as long.
        rustflags: "-C link-arg=-Tlink.x -C target-cpu=cortex-m33",
        assembly: Some("cortex-m-dsp"),
        // 64 ns an instruction and 50 ns a tick.
        emulator: &["qemu-system-arm", "-M", "mps2-an505", "-icount", "shift=6"],
        instructions_per_ticks: (25, 32),
    },
    Board {
        name: "cortex-m0",
        target: "thumbv6m-none-eabi",
        memory: "mps2",
        rustflags: ARM,
        assembly: Some("cortex-m0"),
        emulator: &["qemu-system-arm", "-M", "mps2-an385", "-icount", "shift=6"],
        instructions_per_ticks: (5, 8),
    },
    Board {
        name: "riscv32imac",
        target: "riscv32imac-unknown-none-elf",
        memory: "virt",
        rustflags: RISCV,
        assembly: None,
        emulator: &[
            "qemu-system-riscv32",
            "-M",
            "virt",
            "-bios",
            "none",
            "-icount",
            "shift=0",
        ],
        instructions_per_ticks: (1, 1),
    },
    Board {
        name: "wasm32",
        target: "wasm32-unknown-unknown",
        memory: "",
        rustflags: "-C link-arg=--export=run_program",
        assembly: None,
        emulator: &[],
        instructions_per_ticks: (1, 1),
    },
];

/// A way to build.
#[derive(Debug)]
pub struct Variant {
    pub name: &'static str,
    pub explanation: &'static str,
    profile: &'static str,
    rustflags: &'static str,
    pub features: &'static [&'static str],
}

pub const VARIANTS: &[Variant] = &[
    Variant {
        name: "3",
        explanation: "opt-level 3, SHA-256 unrolled",
        profile: "speed",
        rustflags: "",
        features: &[],
    },
    Variant {
        name: "3 compact",
        explanation: "opt-level 3, SHA-256 compact (RUSTFLAGS='--cfg sha2_backend_soft=\"compact\"')",
        profile: "speed",
        rustflags: "--cfg sha2_backend_soft=\"compact\"",
        features: &[],
    },
    Variant {
        name: "s",
        explanation: "opt-level \"s\", SHA-256 compact (RUSTFLAGS='--cfg sha2_backend_soft=\"compact\"')",
        profile: "size",
        rustflags: "--cfg sha2_backend_soft=\"compact\"",
        features: &[],
    },
    Variant {
        name: "3 dsp",
        explanation: "opt-level 3, SHA-256 unrolled, feature cortex-m-dsp",
        profile: "speed",
        rustflags: "",
        features: &["cortex-m-dsp"],
    },
    Variant {
        name: "s dsp",
        explanation: "opt-level \"s\", SHA-256 compact, feature cortex-m-dsp",
        profile: "size",
        rustflags: "--cfg sha2_backend_soft=\"compact\"",
        features: &["cortex-m-dsp"],
    },
    Variant {
        name: "3 m0",
        explanation: "opt-level 3, SHA-256 unrolled, feature cortex-m0",
        profile: "speed",
        rustflags: "",
        features: &["cortex-m0"],
    },
    Variant {
        name: "s m0",
        explanation: "opt-level \"s\", SHA-256 compact, feature cortex-m0",
        profile: "size",
        rustflags: "--cfg sha2_backend_soft=\"compact\"",
        features: &["cortex-m0"],
    },
];

impl Variant {
    pub fn is_for(&self, board: &Board) -> bool {
        self.features.iter().all(|&feature| board.assembly == Some(feature))
    }
}

impl Board {
    pub fn is_wasm(&self) -> bool {
        self.emulator.is_empty()
    }

    /// Builds programs and returns the folder they are in. The error is what the compiler said.
    pub fn build<'b>(
        &self,
        variant: &Variant,
        bins: impl IntoIterator<Item = &'b str>,
        feature: Option<&str>,
    ) -> Result<PathBuf> {
        let root = workspace();
        let target_dir = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        let rustflags = format!(
            "--cfg rs256_internals --cfg board=\"{}\" -L {} {} {}",
            self.memory,
            root.join("device/memory").join(self.memory).display(),
            self.rustflags,
            variant.rustflags,
        );
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(&root)
            .env("RUSTFLAGS", rustflags)
            .args(["build", "--quiet", "--locked", "--package", "rs256-device"])
            .args(["--target", self.target, "--profile", variant.profile]);
        for bin in bins {
            cargo.args(["--bin", bin]);
        }
        for feature in variant.features.iter().copied().chain(feature) {
            cargo.args(["--features", feature]);
        }
        let output = cargo.output().map_err(|error| format!("cargo: {error}"))?;
        if output.status.success() {
            Ok(target_dir.join(self.target).join(variant.profile))
        } else {
            Err(String::from_utf8_lossy(&output.stderr).into_owned())
        }
    }

    /// Runs a program and returns what it printed; an error unless it ended well.
    pub fn run(&self, program: &Path) -> Result<String> {
        if self.is_wasm() {
            return crate::wasm::run(program);
        }
        let [emulator, arguments @ ..] = self.emulator else {
            return Err(format!("{} has no emulator", self.name));
        };
        let output = Command::new("timeout")
            .args(["60", emulator])
            .args(arguments)
            .args(["-nographic", "-monitor", "none", "-serial", "none"])
            .args(["-semihosting-config", "enable=on,target=native", "-kernel"])
            .arg(program)
            .output()
            .map_err(|error| format!("{emulator}: {error}"))?;
        // Which of the two the console goes to depends on the emulator's version.
        let text = [output.stdout, output.stderr].concat();
        let text = String::from_utf8_lossy(&text).into_owned();
        if output.status.success() {
            Ok(text)
        } else {
            Err(format!("{} ended with {}:\n{text}", program.display(), output.status))
        }
    }

    pub fn instructions(&self, ticks: u64) -> u64 {
        ticks * self.instructions_per_ticks.0 / self.instructions_per_ticks.1
    }
}

/// The folder that `measure` is in.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}
