namespace Evergrain.Silo.Membership;

/// <summary>The membership database cannot be used; the message is one line that names it, without credentials.</summary>
public sealed class MembershipUnavailableException(string message, Exception? inner) : Exception(message, inner)
{
    /// <summary>The first line of what the driver said: drivers put hints and connection details on the next ones.</summary>
    internal static string FirstLine(Exception exception)
        => exception.GetBaseException().Message.Split('\n', 2)[0].Trim();
}
