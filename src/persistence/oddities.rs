//! Questions to the tables whose every answer is a contradiction; the same text for both engines. Each gives an id and
//! words, and each is one statement, so that a server at work beside it makes no difference.

use super::store::Oddity;

/// The rule, and the question. (An epoch grows by one at each take-over: no count comes near the limit here.)
const RULES: &[(&str, &str)] = &[
    (
        "owner",
        "SELECT CAST(i.id AS TEXT), 'it has no owner, so nobody can take it over' FROM inventories i \
         WHERE NOT EXISTS (SELECT 1 FROM owners o WHERE o.inventory = i.id)",
    ),
    (
        "epoch",
        "SELECT CAST(inventory AS TEXT), 'its epoch is ' || CAST(epoch AS TEXT) FROM owners \
         WHERE epoch < 0 OR epoch > 4611686018427387904",
    ),
    (
        "epoch",
        "SELECT CAST(o.inventory AS TEXT), 'its epoch is ' || CAST(o.epoch AS TEXT) || ', below that of its last record' \
         FROM owners o WHERE o.epoch < \
           (SELECT r.epoch FROM records r WHERE r.inventory = o.inventory ORDER BY r.seq DESC LIMIT 1)",
    ),
    (
        "catalogue",
        "SELECT CAST(i.id AS TEXT), 'it has no record 1' FROM inventories i \
         WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.inventory = i.id AND r.seq = 1)",
    ),
    (
        "catalogue",
        "SELECT CAST(id AS TEXT), 'it says ' || CAST(units AS TEXT) || ' units and plan ' || CAST(plan_version AS TEXT) \
         FROM inventories WHERE units < 0 OR plan_version < 1",
    ),
    (
        "catalogue",
        "SELECT CAST(i.id AS TEXT), 'it shows plan ' || CAST(i.plan_version AS TEXT) || ', which is not there' \
         FROM inventories i \
         WHERE NOT EXISTS (SELECT 1 FROM plans p WHERE p.inventory = i.id AND p.version = i.plan_version)",
    ),
    (
        "record",
        "SELECT CAST(inventory AS TEXT), 'a record has seq ' || CAST(seq AS TEXT) || ' and epoch ' || CAST(epoch AS TEXT) \
         FROM records WHERE seq < 1 OR epoch < 0",
    ),
    (
        "plan",
        "SELECT CAST(inventory AS TEXT), 'a plan has version ' || CAST(version AS TEXT) FROM plans WHERE version < 1",
    ),
    (
        "snapshot",
        "SELECT CAST(inventory AS TEXT), 'a snapshot has seq ' || CAST(seq AS TEXT) || ' and epoch ' || CAST(epoch AS TEXT) \
         FROM snapshots WHERE seq < 1 OR epoch < 0",
    ),
    (
        "snapshot",
        "SELECT CAST(s.inventory AS TEXT), 'a snapshot is of record ' || CAST(s.seq AS TEXT) || ', which is not there' \
         FROM snapshots s \
         WHERE NOT EXISTS (SELECT 1 FROM records r WHERE r.inventory = s.inventory AND r.seq = s.seq)",
    ),
    (
        "chain",
        "SELECT CAST(inventory AS TEXT), 'its head has seq ' || CAST(seq AS TEXT) FROM heads WHERE seq < 1",
    ),
    (
        "groups",
        "SELECT CAST(id AS TEXT), 'a group was changed before it was made' FROM groups WHERE changed_at < created_at",
    ),
    (
        "key",
        "SELECT CAST(id AS TEXT), 'a key has the role ' || role || ' and a hash of ' || CAST(length(hash) AS TEXT) || ' bytes' \
         FROM secret_keys WHERE role NOT IN ('operator', 'seller') OR length(hash) <> 32",
    ),
    (
        "secret",
        "SELECT name, 'a secret has ' || CAST(length(value) AS TEXT) || ' bytes' FROM secrets WHERE length(value) < 16",
    ),
    (
        "store",
        "SELECT 'store', 'it has ' || CAST(count(*) AS TEXT) || ' names' FROM store HAVING count(*) <> 1",
    ),
];

/// Tables whose rows belong to an inventory of the catalogue.
const OF_INVENTORIES: [&str; 6] = ["owners", "records", "plans", "snapshots", "heads", "creations"];

/// All questions: the rule and the statement.
pub(super) fn questions() -> Vec<(&'static str, String)> {
    let asked = RULES.iter().map(|(rule, sql)| (*rule, (*sql).to_owned()));
    let orphans = OF_INVENTORIES.iter().map(|table| {
        let sql = format!(
            "SELECT CAST(t.inventory AS TEXT), CAST(count(*) AS TEXT) || ' rows of {table}, but no such inventory' \
             FROM {table} t WHERE NOT EXISTS (SELECT 1 FROM inventories i WHERE i.id = t.inventory) GROUP BY t.inventory"
        );
        ("orphan", sql)
    });
    asked.chain(orphans).collect()
}

pub(super) fn oddity(rule: &'static str, (id, detail): (String, String)) -> Oddity {
    // One engine has bare UUIDs.
    let inventory = match uuid::Uuid::parse_str(&id) {
        Ok(bare) => crate::domain::InventoryId::new(bare).to_string(),
        Err(_) => id,
    };
    Oddity { inventory, rule, detail }
}
