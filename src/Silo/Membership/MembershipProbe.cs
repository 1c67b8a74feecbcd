namespace Evergrain.Silo.Membership;

/// <summary>
/// Asks the membership database every two seconds while it is away. Orleans itself asks less and less often: after two minutes without
/// a database it took another minute to notice that it was back, and operators would have been told that it is still away. Once it is back Orleans is
/// made to read it too: a silo that was cut off and evicted meanwhile would go on for seconds, taken for whole by whoever looks.
/// </summary>
internal sealed class MembershipProbe(IMembershipTable table, IClusterMembershipService membership, MembershipHealth health, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        var away = false; // at the last look: an answer to another question may have ended it since
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (health.Away is null && !away) continue;
            try
            {
                if (health.Away is not null)
                {
                    away = true;
                    await table.ReadAllAsync(stoppingToken);
                }

                away = false;
                await membership.Refresh(default, stoppingToken);
            }
#pragma warning disable CA1031 // Drivers throw what they like.
            catch (Exception) when (!stoppingToken.IsCancellationRequested)
#pragma warning restore CA1031
            {
                // The table that was asked has told the health of it, and that has logged it.
            }
        }
    }
}
