// Faults of one cluster must not slow another: on two cores they run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
