using Evergrain.Silo;
using Evergrain.Silo.Lifecycle;
using Evergrain.Silo.Membership;
using Microsoft.Extensions.Logging.Abstractions;

namespace Evergrain.UnitTests.Silo;

/// <summary>The engine host of a silo-a whose database answers, unless the test says otherwise.</summary>
internal static class TestHost
{
    public static EngineHost Create(TimeProvider time, MembershipHealth? health = null) => new(
        new SiloIdentity("silo-a", 7), health ?? new(time, NullLogger<MembershipHealth>.Instance), time, NullLogger<EngineHost>.Instance);
}
