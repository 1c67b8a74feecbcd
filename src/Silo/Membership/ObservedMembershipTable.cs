namespace Evergrain.Silo.Membership;

/// <summary>The membership table, with each question to it reported to <see cref="MembershipHealth"/>.</summary>
internal sealed class ObservedMembershipTable(IMembershipTable table, MembershipHealth health) : IMembershipTable
{
    /// <summary>Puts this in the place of the table that is registered.</summary>
    public static void Wrap(IServiceCollection services)
    {
        var own = services.Single(d => d.ServiceType == typeof(IMembershipTable));
        services.Remove(own);
        services.AddSingleton<IMembershipTable>(provider => new ObservedMembershipTable(
            (IMembershipTable)(own.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, own.ImplementationType!)),
            provider.GetRequiredService<MembershipHealth>()));
    }

    public Task InitializeMembershipTableAsync(bool tryInitTableVersion, CancellationToken cancellationToken)
        => ObserveAsync(() => table.InitializeMembershipTableAsync(tryInitTableVersion, cancellationToken), cancellationToken);

    public Task DeleteMembershipTableEntriesAsync(string clusterId, CancellationToken cancellationToken)
        => ObserveAsync(() => table.DeleteMembershipTableEntriesAsync(clusterId, cancellationToken), cancellationToken);

    public Task CleanupDefunctSiloEntriesAsync(DateTimeOffset beforeDate, CancellationToken cancellationToken)
        => ObserveAsync(() => table.CleanupDefunctSiloEntriesAsync(beforeDate, cancellationToken), cancellationToken);

    public Task<MembershipTableData> ReadRowAsync(SiloAddress key, CancellationToken cancellationToken)
        => health.ObserveAsync(() => table.ReadRowAsync(key, cancellationToken), cancellationToken);

    public Task<MembershipTableData> ReadAllAsync(CancellationToken cancellationToken)
        => health.ObserveAsync(() => table.ReadAllAsync(cancellationToken), cancellationToken);

    public Task<bool> InsertRowAsync(MembershipEntry entry, TableVersion tableVersion, CancellationToken cancellationToken)
        => health.ObserveAsync(() => table.InsertRowAsync(entry, tableVersion, cancellationToken), cancellationToken);

    public Task<bool> UpdateRowAsync(MembershipEntry entry, string etag, TableVersion tableVersion, CancellationToken cancellationToken)
        => health.ObserveAsync(() => table.UpdateRowAsync(entry, etag, tableVersion, cancellationToken), cancellationToken);

    public Task UpdateIAmAliveAsync(MembershipEntry entry, CancellationToken cancellationToken)
        => ObserveAsync(() => table.UpdateIAmAliveAsync(entry, cancellationToken), cancellationToken);

    // The older forms, which the interface still asks for.
    public Task InitializeMembershipTable(bool tryInitTableVersion) => InitializeMembershipTableAsync(tryInitTableVersion, default);

    public Task DeleteMembershipTableEntries(string clusterId) => DeleteMembershipTableEntriesAsync(clusterId, default);

    public Task CleanupDefunctSiloEntries(DateTimeOffset beforeDate) => CleanupDefunctSiloEntriesAsync(beforeDate, default);

    public Task<MembershipTableData> ReadRow(SiloAddress key) => ReadRowAsync(key, default);

    public Task<MembershipTableData> ReadAll() => ReadAllAsync(default);

    public Task<bool> InsertRow(MembershipEntry entry, TableVersion tableVersion) => InsertRowAsync(entry, tableVersion, default);

    public Task<bool> UpdateRow(MembershipEntry entry, string etag, TableVersion tableVersion)
        => UpdateRowAsync(entry, etag, tableVersion, default);

    public Task UpdateIAmAlive(MembershipEntry entry) => UpdateIAmAliveAsync(entry, default);

    private Task<bool> ObserveAsync(Func<Task> ask, CancellationToken cancellationToken) => health.ObserveAsync(
        async () =>
        {
            await ask();
            return true;
        },
        cancellationToken);
}
