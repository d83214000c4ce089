//! Pinned: were one of these to change, so would every file that benches and readers have made. Change one only on purpose, and say so in
//! the changelog.

use crate::program::stdout_of;

#[test]
fn the_bytes_of_a_seed_never_change() {
    for (arguments, pinned) in [
        ("tweets --rows 20000 --shape mock", 0x090a_8b44_12de_d13b),
        ("tweets --rows 20000 --shape real", 0x45e2_0c00_e5ca_5e2f),
        ("measurements --rows 20000 --stations 10000", 0x44a9_0ec9_ad3f_b7cf),
        ("groupby --rows 20000", 0x2f16_f030_b1ff_9341),
        ("wide --rows 10000", 0xe899_abc9_d0f2_bbd0),
        ("actions --rows 20000", 0x6e5a_7120_37c8_55ad),
        ("acquisitions --rows 20000", 0x429a_cb6b_6acf_68c7),
        ("accidents --rows 10000", 0x5430_79ba_7efe_cd35),
        ("calls --rows 10000", 0xffe6_9796_230a_2125),
    ] {
        let found = fnv(&stdout_of(arguments));
        assert_eq!(found, pinned, "{arguments}: {found:#018x}");
    }
}

/// FNV-1a of 64 bits.
fn fnv(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}
