// SPDX-License-Identifier: MIT OR Apache-2.0

//! SHA-256 at every boundary of a block, through the door that users have: the digests are from another implementation
//! (Python's `hashlib`), signed as they stand.

use crate::common::hex;
use crate::common::signer::{DIGEST_INFO, Signer, padded, sha256};
use rs256::PreparedKey;

/// Length of a message, and the SHA-256 of the message that [`message`] makes of it.
const DIGESTS: [(usize, &str); 43] = [
    (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    (1, "4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a"),
    (2, "3583fc672f8bba139cdb6f8aed13487e9d32c7952de6fb6e79d97429bcb7f062"),
    (54, "1c1edf3f0b2d23adec60aa7b3b687bba93038e49876986cef2f2dfc684d25872"),
    (55, "7bf810506b49f9601e32ea0a9b582060b9e0675c56fe14cf97fd1d629a58f1ba"),
    (56, "5a8a9cdedaf91e4adbc37e2dfcf26d757df9ef972cff60dc15224eff9742eb60"),
    (57, "16124343e779afc7be90c84aaddfc42a9e187ac2b0651aafbeb478b2661a9e3e"),
    (63, "d20ed0cb0803ab30537e4641da547e4a895a1b51a0e89bd3ce98bb6a6b82d37f"),
    (64, "b36b3b9c75a7ae8c7783800178ab14349014b369c58f921fabc4059c96add023"),
    (65, "81ad31d570ea0780d4bdc154804d47f9966046859d32ec23e473f29916620b16"),
    (111, "2d350c600ae5360170b3f02b712d8a20a07753d0bbe803c9fed75071a8129e69"),
    (112, "3941a8b38b45d0c3977013232a63cd1cbeb5b50bac74d427350feb1c092fa673"),
    (118, "9bb3cc49163cbb5cef88a9581524fec70d0170e9c2dd22b55a0fad9fb86d1e2e"),
    (119, "831eb4089636f39fcd7d0150b5feb255b5ba7132263e37965491a6dd2dbc3e0e"),
    (120, "bcc9289d8a798bf9cd7f655289c5db417fc89c8fee3dd449b6cc608d34d7553e"),
    (121, "79f9d91e7b0282e901c3356f57f66ad7ef87044b160eaa8d32b0c026c795dc00"),
    (127, "db9b5cf69376d27c091856ef381ac539272e33f9c59577ed48447248f49797de"),
    (128, "76919f71377a1835489688180f534d9378ad5df1abe0b28e1a72e7e6aded8732"),
    (129, "260850121df160e710c1ca4d9943ec77385aff50f7bb79187a1dc7197d37fab2"),
    (183, "af70bc37a79479f93d644be0701ba9e24672086ae92da4d4d518d453ddd35af0"),
    (184, "6a1cd1919ee01e9e4ab86d3b5f8b986ed7030a4a72369e79eecfd5c316390b0b"),
    (191, "8246e8097a16f4147318552e6a4cb09bed38b74a5f544c897f2c0f6877f56f19"),
    (192, "7ba290c2146e3ef00a3cb373569d2515bb36aa1028af9c1c48b47203203239fe"),
    (193, "784d34a003336eb3efb7ca9d3a19acc2d9edf25da457fa692475b39b5dfc8790"),
    (247, "ce229a7669f105ae67f6ea87db7e47c93d1d6bd079787f887c810d74691c8d77"),
    (248, "62fb7043e9fd35aa637686a90556608aa180818416a559493b3c2113b9ca6a49"),
    (255, "e062b355f7704ab852b9ac131f5fb6222d2ce32b441eb5a3612dc4adbc6c7da2"),
    (256, "ff9b316df30e1413790da4d56903a02879aa8e95379cdf99fe2c7d1306adfddf"),
    (257, "ed683c2cb11d41bef7ef2c917a282ef7385b5e774abf42bfb697a1736b055a51"),
    (1983, "dd77992f059e6da59d54952654f163fe42125c41ef257e766dbf4d7c35ff1ac7"),
    (1984, "be3d37ea340d9256b48d7ba0f81ac2ab6d8ef3ab9e421da6fcc4e4ae148776b7"),
    (1985, "84404e578f5f56ff1574be9136f0f6aa368c05a4601c145243075a21f780232a"),
    (2047, "504f255b8666c5d75a9e3986242aa2c27a36796fd9028bf4b0fbc960d36393ce"),
    (2048, "411fb6aa2d9a705193b18beb9ed55c08d8c2c2454c3e76a058d03942b4f9b74f"),
    (2049, "b97d7e10ccce9ad622ac6d753f8bfda4778c3206edd0fee923b2b72201524eae"),
    (2111, "5c6fb6fb87abbcd912d4185886646930f748985976c209612278209c5d3e8885"),
    (2112, "d13cab55ee94f8630946a4edcf20dfcd965e92797396749c5f90c23e04d5c156"),
    (2113, "28abf4fa43e5a3c9763e2406966ddf1944ea89891efb076b4d40e74da68b6899"),
    (4096, "592d6ec4029a9261b388d569a0a5c4f6314ed3d4d75ff8b2fa51a33bde7bbbc3"),
    (
        65535,
        "ed435069abf98579fcfd29d2c304ba0d57574e88830f4a559c9b648ca5a8049a",
    ),
    (
        65536,
        "b51b69195a4c611dd5a71af1c5326299620dc3078e57a23e6845f7751ba5eb39",
    ),
    (
        100003,
        "4f79c64784b93be46a34ff26e2af65aabddfe9c4f864e6e4a9c63bfe2de445b0",
    ),
    (
        1048576,
        "f1c05d2f450ff2736475052f069d509686bf891cdae96b82dcd8909e82b7756a",
    ),
];

/// Octets without a short period.
fn message(len: usize) -> Vec<u8> {
    let octet = |i: u64| u8::try_from((i * i + 7 * i + len as u64) % 251).unwrap();
    (0..len as u64).map(octet).collect()
}

#[test]
fn rustsec_2021_0100_known_answers_at_every_boundary_of_a_block() {
    let signer = Signer::good();
    let key = PreparedKey::new(&signer.public());
    for (len, digest) in DIGESTS {
        let mut message = message(len);
        let digest = hex(digest);
        let signature = signer.raw(&padded(&[DIGEST_INFO, &digest].concat(), signer.k()));
        assert_eq!(key.verify_rs256(&message, &signature), Ok(()), "{len} octets");
        assert_eq!(
            signer.public().verify_rs256(&message, &signature),
            Ok(()),
            "{len} octets"
        );

        // A zero octet more, which padding of its own would hide, and a bit changed in the last block.
        message.push(0);
        assert!(key.verify_rs256(&message, &signature).is_err(), "{len} octets and one");
        message.pop();
        if let Some(last) = message.last_mut() {
            *last ^= 0x80;
            assert!(key.verify_rs256(&message, &signature).is_err(), "{len} octets, changed");
        }
    }
}

#[test]
fn the_signer_of_the_tests_hashes_rightly_too() {
    for (len, digest) in DIGESTS {
        assert_eq!(sha256(&message(len)).as_slice(), hex(digest), "{len} octets");
    }
}
