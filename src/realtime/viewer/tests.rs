use futures_util::FutureExt;

use super::super::frame::Frame;
use super::*;

fn started() -> Arc<Viewer> {
    let viewer = Viewer::new("test", Start::Fresh, Duration::from_secs(10));
    assert_eq!(viewer.take_start(), Some(Start::Fresh));
    viewer
}

#[test]
fn an_overflow_drops_the_queue_and_asks_for_a_snapshot() {
    let viewer = started();
    for count in 0..=QUEUE_FRAMES_MAX as u64 {
        viewer.push(&Frame::viewers(count));
    }
    assert!(matches!(viewer.try_next(), Some(Next::Snapshot)));
    assert_eq!(viewer.queue().frames.capacity(), 0, "its memory is free");
    viewer.push(&Frame::viewers(1));
    assert!(matches!(viewer.try_next(), Some(Next::Snapshot)));
    assert_eq!(viewer.queue().frames.capacity(), 0, "nothing queues up before the snapshot");
    viewer.take_snapshot(Frame::viewers(0));
    assert!(viewer.try_next().is_none());
    viewer.push(&Frame::viewers(2));
    assert!(matches!(viewer.try_next(), Some(Next::Frame(_))));
}

#[test]
fn a_second_overflow_within_five_seconds_closes_with_a_reconnect_code() {
    let viewer = started();
    for _ in 0..2 {
        viewer.take_snapshot(Frame::viewers(0));
        for count in 0..=QUEUE_FRAMES_MAX as u64 {
            viewer.push(&Frame::viewers(count));
        }
    }
    assert!(matches!(viewer.try_next(), Some(Next::End)));
    assert_eq!(viewer.closed().now_or_never(), Some(close::SLOW));
}

#[test]
fn bytes_are_bounded_as_well_as_frames() {
    let viewer = started();
    let json = format!("{{\"pad\":\"{}\"}}", "x".repeat(QUEUE_BYTES_MAX / 2));
    viewer.push(&Frame::hold(&json));
    assert!(matches!(viewer.try_next(), Some(Next::Frame(_))));
    viewer.push(&Frame::hold(&json));
    viewer.push(&Frame::hold(&json));
    assert!(matches!(viewer.try_next(), Some(Next::Snapshot)));
}

#[test]
fn a_frame_larger_than_any_queue_is_nobodys_fault() {
    let viewer = started();
    let giant = Frame::hold(&format!("{{\"pad\":\"{}\"}}", "x".repeat(QUEUE_BYTES_MAX)));
    for _ in 0..3 {
        viewer.push(&Frame::viewers(1));
        viewer.push(&giant);
        assert!(matches!(viewer.try_next(), Some(Next::Snapshot)));
        viewer.take_snapshot(Frame::viewers(0));
    }
}

#[test]
fn a_snapshot_may_be_larger_than_the_queue() {
    let viewer = started();
    let position = Position { epoch: 1, seq: 1 };
    viewer.push(&Frame::snapshot("x".repeat(QUEUE_BYTES_MAX * 2), position));
    assert!(matches!(viewer.try_next(), Some(Next::Frame(_))));
}

#[test]
fn whoever_takes_nothing_for_too_long_is_closed_with_the_next_frame() {
    for resync in [false, true] {
        let viewer = Viewer::new("test", Start::Fresh, Duration::ZERO);
        viewer.take_start();
        viewer.push(&Frame::viewers(1));
        if resync {
            viewer.resync();
        }
        std::thread::sleep(Duration::from_millis(1));
        viewer.push(&Frame::viewers(2));
        assert!(matches!(viewer.try_next(), Some(Next::End)));
        assert_eq!(viewer.closed().now_or_never(), Some(close::SLOW));
        assert_eq!(viewer.queue().frames.capacity(), 0, "its memory is free");
    }
}

#[test]
fn whoever_takes_everything_is_never_too_slow() {
    let viewer = Viewer::new("test", Start::Fresh, Duration::from_millis(5));
    viewer.take_start();
    for count in 0..5 {
        viewer.push(&Frame::viewers(count));
        assert!(matches!(viewer.try_next(), Some(Next::Frame(_))));
        std::thread::sleep(Duration::from_millis(6));
    }
}
