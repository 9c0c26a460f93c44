// SPDX-License-Identifier: MIT OR Apache-2.0

//! Assembly against safe code, on operands in which every carry there can be occurs. The firmware that measures asks.

#[cfg(all(feature = "cortex-m0", not(target_has_atomic = "32")))]
use crate::backend::portable::by_columns::{Window, add_rows_in_safe_code};

/// More than two turns of the loop of eight rows.
const LIMBS: usize = 20;

/// A number, by the first of its limbs and how one limb follows from that before it.
type Operand = (u32, fn(u32) -> u32);

const OPERANDS: [Operand; 8] = [
    (0, |_| 0),
    (u32::MAX, |_| u32::MAX),
    (1, |_| 0),
    (0xffff_0000, |_| 0xffff_0000),
    (0x0000_ffff, |_| 0x0000_ffff),
    (0, |x| !x),
    (0x8000_0000, |x| x.rotate_left(1)),
    (1, |x| x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)),
];

fn number<const N: usize>((first, next): Operand) -> [u32; N] {
    let mut following = first;
    [(); N].map(|()| {
        let limb = following;
        following = next(limb);
        limb
    })
}

/// Whether the assembly of this build does what the safe code does.
pub(in crate::backend) fn agree() -> bool {
    OPERANDS.iter().all(|&a| {
        OPERANDS
            .iter()
            .all(|&b| OPERANDS.iter().all(|&start| on_operands(a, b, start)))
    })
}

#[cfg(all(feature = "cortex-m0", not(target_has_atomic = "32")))]
fn on_operands(a: Operand, b: Operand, start: Operand) -> bool {
    let (a, b) = (number::<LIMBS>(a), number::<{ LIMBS + 3 }>(b));
    let columns = number::<4>(start);
    (0..=LIMBS).all(|rows| {
        let (a, b) = (a.get(..rows).unwrap_or_default(), b.get(..rows + 3).unwrap_or_default());
        [0, u64::from(u32::MAX)].iter().all(|&above| {
            let mut window = Window { columns, above };
            let mut expected = window;
            super::add_rows(&mut window, a, b);
            add_rows_in_safe_code(&mut expected, a, b);
            window == expected
        })
    })
}

#[cfg(not(all(feature = "cortex-m0", not(target_has_atomic = "32"))))]
fn on_operands(a: Operand, b: Operand, start: Operand) -> bool {
    use crate::backend::Block;
    use crate::backend::portable::kernel::columns;

    let (q, start) = (number::<4>(a), number::<{ LIMBS + 4 }>(start));
    let b = number::<LIMBS>(b);
    let (b, _) = b.as_chunks::<4>();
    let ([s, t @ ..], _) = start.as_chunks::<4>() else {
        return false;
    };
    (0..=b.len()).all(|blocks| {
        let b = b.get(..blocks).unwrap_or_default();
        let (mut pending, mut sums) = (*s, [Block::default(); LIMBS / 4]);
        for (sum, t) in sums.iter_mut().zip(t) {
            *sum = *t;
        }
        let (mut expected_pending, mut expected) = (pending, sums);
        super::multiply_columns(&mut sums, &q, b, &mut pending);
        columns(&mut expected, &q, b, &mut expected_pending);
        (pending, sums) == (expected_pending, expected)
    })
}
