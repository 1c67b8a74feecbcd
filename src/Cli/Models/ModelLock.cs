using Evergrain.Cli.Supervision;

namespace Evergrain.Cli.Models;

/// <summary>One change of the model at a time on a node: two at once would leave some silos with one package and some with the other.</summary>
internal static class ModelLock
{
    /// <returns>What to dispose of when it is done; null where this user may not write there, and nothing keeps the other out.</returns>
    /// <exception cref="UserException">Another one is under way.</exception>
    public static IDisposable? Take(StateFolder folder, string node)
    {
        var path = folder.ModelLockOf(node);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException)
        {
            return null;
        }
        catch (IOException e)
        {
            throw new UserException($"the model of node '{node}' is being changed by another command ({e.Message})");
        }
    }
}
