use futures_util::StreamExt;
use futures_util::stream;

use super::*;

const LIMITS: FrameLimits = FrameLimits { payload_max: 4_096, burst: 8, refill: Duration::from_secs(1) };

/// A masked frame with this first byte.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    let mut frame = vec![first];
    match payload.len() {
        len @ 0..=125 => frame.push(0x80 | len as u8),
        len @ 126..=65_535 => {
            frame.push(0x80 | 126);
            frame.extend_from_slice(&(len as u16).to_be_bytes());
        }
        len => {
            frame.push(0x80 | 127);
            frame.extend_from_slice(&(len as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(&[1, 2, 3, 4]);
    frame.extend_from_slice(payload);
    frame
}

/// What passes of these chunks, and how it ends.
fn passed(chunks: &[&[u8]]) -> (Vec<u8>, Option<Breach>) {
    let mut frames = Frames::new(LIMITS);
    let (mut all, now) = (Vec::new(), Instant::now());
    for chunk in chunks {
        match frames.read(chunk, now) {
            Ok(len) => all.extend_from_slice(&chunk[..len]),
            Err(breach) => return (all, Some(breach)),
        }
    }
    (all, None)
}

/// The same however it is cut: in two at each place, and byte by byte.
fn however_cut(bytes: &[u8]) -> (Vec<u8>, Option<Breach>) {
    let whole = passed(&[bytes]);
    for at in 0..=bytes.len() {
        let (one, other) = bytes.split_at(at);
        let cut = passed(&[one, other]);
        assert_eq!(cut.1, whole.1, "cut at {at}");
        if whole.1.is_none() {
            assert_eq!(cut.0, whole.0, "cut at {at}");
        }
    }
    let singles = passed(&bytes.chunks(1).collect::<Vec<_>>());
    assert_eq!(singles.1, whole.1);
    whole
}

#[test]
fn frames_within_the_limits_pass_as_they_are() {
    let frames = [
        frame(0x81, b"{}"),
        frame(0x01, &[b'x'; 125]),
        frame(0x00, &[b'y'; 126]),
        frame(0x89, &[b'p'; 125]),
        frame(0x80, b""),
        frame(0x82, &[0; 4_096]),
        frame(0x8a, b""),
    ]
    .concat();
    assert_eq!(however_cut(&frames), (frames.clone(), None));
}

#[test]
fn a_frame_is_refused_at_its_head() {
    let claims = |len: u64| [&[0x81, 0x80 | 127][..], &len.to_be_bytes()].concat();
    let short = |first: u8, second: u8| vec![first, second];
    for (bytes, breach) in [
        (frame(0x81, &[0; 4_097]), Breach::TooLong),
        (claims(1 << 40), Breach::TooLong),
        (claims(u64::MAX), Breach::TooLong),
        (claims(65_536), Breach::TooLong),
        (claims(4_096), Breach::LengthNotMinimal),
        (vec![0x81, 0x80 | 126, 0, 125], Breach::LengthNotMinimal),
        (vec![0x81, 0x80 | 126, 0x10, 1], Breach::TooLong),
        (short(0x89, 0x80 | 126), Breach::ControlTooLong),
        (short(0x88, 0x80 | 127), Breach::ControlTooLong),
        (short(0x81, 0x02), Breach::Unmasked),
        (short(0x89, 0x00), Breach::Unmasked),
    ] {
        assert_eq!(however_cut(&bytes).1, Some(breach), "{bytes:?}");
        let behind_others = [frame(0x81, b"{}"), frame(0x89, b""), bytes].concat();
        assert_eq!(however_cut(&behind_others).1, Some(breach));
    }
}

#[test]
fn the_first_byte_is_enough_where_it_tells() {
    for first in 0..=u8::MAX {
        let (reserved, opcode) = (first & 0x70, first & 0x0f);
        let expected = match (reserved, opcode) {
            (1.., _) => Some(Breach::ReservedBits),
            (_, 3..=7 | 11..) => Some(Breach::ReservedOpcode),
            (_, 8..=10) if first & 0x80 == 0 => Some(Breach::ControlInPieces),
            _ => None,
        };
        assert_eq!(passed(&[&[first]]).1, expected, "{first:#x}");
    }
}

#[test]
fn every_frame_counts_and_time_gives_new_ones() {
    let kinds = [0x01, 0x00, 0x00, 0x89, 0x8a, 0x00, 0x80, 0x81];
    let burst: Vec<u8> = kinds.iter().flat_map(|&first| frame(first, b"")).collect();
    assert_eq!(however_cut(&burst), (burst.clone(), None));
    let flood = [burst.clone(), frame(0x00, b"")].concat();
    assert_eq!(however_cut(&flood).1, Some(Breach::Flood));
    let mut frames = Frames::new(LIMITS);
    let start = Instant::now();
    frames.read(&burst, start).unwrap();
    frames.read(&frame(0x00, b""), start + LIMITS.refill).unwrap();
    assert_eq!(frames.read(&frame(0x00, b""), start + LIMITS.refill), Err(Breach::Flood));
}

#[test]
fn behind_a_close_frame_nothing_passes() {
    for close in [frame(0x88, b""), frame(0x88, &1_000_u16.to_be_bytes())] {
        let bytes = [frame(0x81, b"{}"), close].concat();
        let more = [bytes.clone(), vec![0xff; 100]].concat();
        assert_eq!(however_cut(&more), (bytes, None));
    }
}

#[tokio::test]
async fn the_stream_ends_with_the_reason() {
    let chunks = [frame(0x81, b"{}"), vec![0x81, 0xff], 4_097_u64.to_be_bytes().to_vec(), vec![0; 100]];
    let chunks = chunks.map(|chunk| Ok::<_, PayloadError>(Bytes::from(chunk)));
    let mut guard = FrameGuard::new(stream::iter(chunks), LIMITS);
    assert_eq!(guard.next().await.unwrap().unwrap(), frame(0x81, b"{}"));
    assert_eq!(guard.next().await.unwrap().unwrap(), [0x81, 0xff][..]);
    let error = guard.next().await.unwrap().unwrap_err();
    assert_eq!(Breach::behind(&ProtocolError::Io(io::Error::other(error))), Some(Breach::TooLong));
    assert!(guard.next().await.is_none());
    assert_eq!(Breach::behind(&ProtocolError::BadOpCode), None);
}
