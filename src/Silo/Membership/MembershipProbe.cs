namespace Evergrain.Silo.Membership;

/// <summary>
/// Asks the membership database every two seconds while it is away. Orleans itself asks less and less often: after two minutes without
/// a database it took another minute to notice that it was back, and operators would have been told that it is still away.
/// </summary>
internal sealed class MembershipProbe(IMembershipTable table, MembershipHealth health, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (health.Away is null) continue;
            try
            {
                await table.ReadAllAsync(stoppingToken);
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
