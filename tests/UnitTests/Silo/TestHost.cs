using Evergrain.Silo;
using Evergrain.Silo.Lifecycle;
using Evergrain.Silo.Membership;
using Evergrain.Silo.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Evergrain.UnitTests.Silo;

/// <summary>The engine host of a silo-a whose database answers, unless the test says otherwise.</summary>
internal static class TestHost
{
    public static EngineHost Create(TimeProvider time, MembershipHealth? health = null, IDeviceTelemetry? telemetry = null, ServedEngine? served = null)
    {
        served ??= new ServedEngine();
        return new EngineHost(
            new SiloIdentity("silo-a", 7),
            served,
            telemetry ?? new HostTelemetry(() => served.Devices, time),
            health ?? new(time, NullLogger<MembershipHealth>.Instance),
            NullLogger<EngineHost>.Instance);
    }
}
