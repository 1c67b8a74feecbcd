using Xunit.Sdk;
using Xunit.v3;

// Faults of one cluster must not slow another: on two cores they run one after the other.
[assembly: Parallelization(Mode = ParallelMode.None)]
