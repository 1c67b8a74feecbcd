using Evergrain.Cli;
using Evergrain.Cli.Models;
using Evergrain.Cli.Supervision;
using Evergrain.Hosting.Configuration;

namespace Evergrain.UnitTests.Cli.Models;

public sealed class ModelLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("evergrain-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Take_HeldByAnother_RefusedUntilItIsDone()
    {
        var folder = new StateFolder(new EvergrainConfig { File = Path.Combine(_folder, "evergrain.yaml") });
        var first = ModelLock.Take(folder, "local");
        using (ModelLock.Take(folder, "east")) Assert.NotNull(first);

        var error = Assert.Throws<UserException>(() => ModelLock.Take(folder, "local"));
        Assert.StartsWith("the model of node 'local' is being changed by another command", error.Message, StringComparison.Ordinal);

        first!.Dispose();
        using var next = ModelLock.Take(folder, "local");
        Assert.NotNull(next);
    }
}
