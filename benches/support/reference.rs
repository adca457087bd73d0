//! What a night and a question are compared with: the same walk and naming over plain arrays in memory.

use kinpath::kinship::naming::name;
use kinpath::kinship::walk::{Walk, Walked};
use kinpath::model::ids::PersonId;
use kinpath::model::neighborhood::Node;
use kinpath::model::visibility::Visibility;
use kinpath::placement::order::{DEFAULT_ORDER, orders};
use kinpath::placement::ranking::weights;
use kinpath::store::Store;

/// Nodes by number: the plain arrays of the reference.
pub struct Arrays(pub Vec<Option<Node>>);

impl Arrays {
    /// The nodes that the walks of these children need.
    pub fn read(store: &Store, children: &[PersonId]) -> Arrays {
        let snapshot = store.snapshot().expect("a snapshot");
        let mut nodes = vec![None; crate::support::greatest_number(store) as usize];
        for &child in children {
            walk(child, |wanted| {
                let missing: Vec<PersonId> = wanted
                    .iter()
                    .copied()
                    .filter(|id| nodes[id.0 as usize].is_none())
                    .collect();
                for node in snapshot
                    .nodes(&missing, &Visibility::all())
                    .expect("nodes can be read")
                    .into_iter()
                    .flatten()
                {
                    let number = node.id.0 as usize;
                    nodes[number] = Some(node);
                }
                wanted
                    .iter()
                    .filter_map(|id| nodes[id.0 as usize].clone())
                    .collect()
            });
        }
        Arrays(nodes)
    }
}

/// Walks as FindFamily does, from whatever source of nodes.
fn walk(child: PersonId, mut read: impl FnMut(&[PersonId]) -> Vec<Node>) -> Walked {
    let orders = orders().expect("orders");
    let order = orders.named(DEFAULT_ORDER).expect("the default order");
    let certainty = weights().expect("weights").certainty;
    let mut walk = Walk::new(
        child,
        crate::support::today(),
        order.walk_reach(),
        certainty,
    );
    loop {
        let wanted = walk.wanted();
        if wanted.is_empty() {
            return walk.finish();
        }
        walk.supply(read(&wanted));
    }
}

/// The same walk and naming with nothing but arrays beneath. Returns how many relations were named.
pub fn reference(arrays: &Arrays, child: PersonId) -> usize {
    let walked = walk(child, |wanted| {
        wanted
            .iter()
            .filter_map(|id| arrays.0[id.0 as usize].clone())
            .collect()
    });
    let mut named = 1;
    for kin in &walked.kin {
        for route in &kin.routes {
            let shape = route.shape(&walked.graph);
            named += usize::from(!name(&walked.graph, route, &shape).words.is_empty());
        }
    }
    named
}
