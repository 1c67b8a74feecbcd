using System.Net;
using System.Net.Sockets;

namespace Evergrain.Cli.Drill.Clusters;

/// <summary>
/// Loopback ports that nobody listens on. They lie below the ephemeral range, so that no outgoing connection takes one between the look and
/// the use, and none is given twice.
/// </summary>
internal static class FreePorts
{
    private const int From = 12_000;
    private const int To = 19_900;

    private static readonly Lock Gate = new();
    private static int _next = From + (Environment.ProcessId * 37 % (To - From));

    public static int Take()
    {
        lock (Gate)
        {
            for (var tried = 0; tried < To - From; tried++)
            {
                _next = _next >= To ? From : _next + 1;
                if (IsFree(_next))
                    return _next;
            }
        }
        throw new UserException($"no port from {From} to {To} is free");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
