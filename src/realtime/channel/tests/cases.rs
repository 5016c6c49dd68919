//! Single cases by name.

use super::super::ring;
use super::*;

#[test]
fn many_commits_are_one_delta_with_the_last_status_of_each_unit() {
    let mut rig = Rig::new();
    let mut watcher = rig.join(None);
    watcher.read(&rig);
    for _ in 0..10 {
        let held = rig.shop.holds(&buyer(1), "s1");
        let hold = rig.shop.hold(0).unwrap();
        let released = rig.shop.ask(crate::domain::Action::Release { hold }).unwrap();
        [held, released].iter().for_each(|record| rig.channel.commit(record));
    }
    let last = rig.shop.holds(&buyer(1), "s1");
    rig.channel.commit(&last);
    rig.publish();
    let Some(Next::Frame(frame)) = watcher.joined.viewer.try_next() else { panic!("no frame") };
    let json: Value = serde_json::from_str(&frame.text).unwrap();
    assert_eq!((&json["from"], &json["to"]), (&Value::from(1), &Value::from(22)));
    assert_eq!(json["seats"].to_string(), "[[1,1]]");
    assert!(watcher.joined.viewer.try_next().is_none());
}

#[test]
fn a_change_that_nobody_sees_is_published_too() {
    let mut rig = Rig::new();
    let mut watcher = rig.join(None);
    watcher.read(&rig);
    let record = rig.shop.configure(60);
    rig.channel.commit(&record);
    rig.publish();
    watcher.read(&rig);
    assert_eq!(watcher.position(), Some(Position { epoch: 1, seq: 2 }));
}

#[test]
fn whoever_is_too_far_behind_gets_a_snapshot() {
    let mut rig = Rig::new();
    let oldest = rig.join(None);
    for n in 0..=ring::RING_DELTAS_MAX as u32 {
        let record = rig.shop.configure(60 + n % 2);
        rig.channel.commit(&record);
        rig.publish();
    }
    let first = |seq: u64| {
        let joined = rig.channel.join("test", Some(Position { epoch: 1, seq })).unwrap();
        let Some(Next::Frame(frame)) = joined.viewer.try_next() else { panic!("no frame") };
        frame.kind.name()
    };
    assert_eq!(
        (first(1), first(2), first(rig.seq()), first(rig.seq() + 1)),
        ("snapshot", "resumed", "resumed", "snapshot")
    );
    drop(oldest);
}

#[test]
fn hold_frames_come_behind_their_delta_and_to_their_buyer_only() {
    let mut rig = Rig::new();
    let (mut theirs, mut others, mut nobodys) = (rig.join(None), rig.join(None), rig.join(None));
    theirs.joined.authorise(proof(1));
    others.joined.authorise(proof(2));
    let record = rig.shop.holds(&buyer(1), "s3");
    rig.channel.commit(&record);
    rig.publish();
    let order: Vec<&str> = std::iter::from_fn(|| theirs.joined.viewer.try_next())
        .map(|next| match next {
            Next::Frame(frame) => frame.kind.name(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(order, ["snapshot", "inventory", "delta", "hold"]);
    for watcher in [&mut others, &mut nobodys] {
        watcher.read(&rig);
        assert_eq!((watcher.holds.len(), watcher.position().unwrap().seq), (0, 2));
    }
    drop(theirs);
    assert!(!rig.channel.lock().audience.buyers.contains_key(&buyer(1)), "forgotten");
}

#[test]
fn a_buyer_who_comes_between_commit_and_publication_is_told_of_holds_behind_the_snapshot() {
    let mut rig = Rig::new();
    let _other = rig.join(None);
    let record = rig.shop.holds(&buyer(1), "s3");
    rig.channel.commit(&record);
    let mut watcher = rig.join(None);
    watcher.joined.authorise(proof(1));
    watcher.read(&rig);
    assert_eq!((watcher.position(), watcher.holds.len()), (None, 0), "it waits for the boundary");
    rig.publish();
    watcher.read(&rig);
    let id = rig.shop.hold(0).unwrap().to_string();
    assert_eq!(watcher.holds, [(id, "held".to_owned())]);
}

#[test]
fn behind_a_snapshot_that_replaces_a_queue_the_live_holds_are_told_again() {
    let mut rig = Rig::new();
    let mut watcher = rig.join(None);
    watcher.joined.authorise(proof(1));
    watcher.read(&rig);
    for (offer, disturb) in [("s1", false), ("s2", true)] {
        let record = rig.shop.holds(&buyer(1), offer);
        rig.channel.commit(&record);
        rig.publish();
        match disturb {
            false => flood(&watcher),
            true => rig.take_over((14, 0, 0)),
        }
        watcher.holds.clear();
        watcher.read(&rig);
        assert_eq!(watcher.holds.len(), rig.shop.state.holds().count(), "{offer}");
    }
}

#[test]
fn a_record_of_an_older_owner_changes_nothing() {
    let mut rig = Rig::new();
    let mut late = rig.shop.configure(60);
    rig.take_over((14, 0, 0));
    late.seq += 1;
    rig.channel.commit(&late);
    assert_eq!((rig.channel.summary().epoch, rig.channel.summary().seq), (2, 2));
}

#[test]
fn the_first_viewer_does_not_wait_for_the_slow_tick_of_an_unwatched_inventory() {
    let mut rig = Rig::new();
    rig.channel.commit(&rig.shop.configure(60));
    rig.publish();
    rig.channel.commit(&rig.shop.configure(61));
    let due = |rig: &Rig| {
        let inner = rig.channel.lock();
        (inner.due.unwrap(), inner.last_published.unwrap())
    };
    let (at, last) = due(&rig);
    assert!(at > last + Duration::from_millis(100), "nobody watches");
    let mut watcher = rig.join(None);
    watcher.read(&rig);
    assert_eq!(watcher.position(), Some(Position { epoch: 1, seq: 3 }));
    rig.channel.commit(&rig.shop.configure(60));
    let (at, last) = due(&rig);
    // A busy machine comes here later than that: then at once.
    assert!(at < last + Duration::from_millis(26) || at <= Instant::now(), "somebody watches");
}

#[test]
fn a_publication_that_another_one_has_forestalled_does_nothing() {
    let mut rig = Rig::new();
    rig.channel.commit(&rig.shop.configure(60));
    let stale = rig.channel.lock().due.unwrap();
    let mut watcher = rig.join(None);
    rig.channel.commit(&rig.shop.configure(61));
    rig.channel.publish(stale);
    watcher.read(&rig);
    assert_eq!(watcher.position().unwrap().seq, 2);
    let due = rig.channel.lock().due.unwrap();
    rig.channel.publish(due);
    rig.is_published();
    watcher.read(&rig);
    assert_eq!(watcher.position().unwrap().seq, 3);
}

#[test]
fn a_plan_that_comes_while_a_snapshot_is_fetched_goes_before_it() {
    let mut rig = Rig::new();
    let mut watcher = rig.join(None);
    watcher.read(&rig);
    flood(&watcher);
    assert!(matches!(watcher.joined.viewer.try_next(), Some(Next::Snapshot)));
    rig.step((18, 0, 1));
    rig.publish();
    let frame = watcher.joined.snapshot_instead();
    watcher.apply(&serde_json::from_str(&frame.text).unwrap(), &rig);
    watcher.read(&rig);
    assert_eq!(
        (watcher.plan, watcher.next_plan, watcher.position().unwrap().seq),
        (Some(2), None, rig.seq())
    );
}
