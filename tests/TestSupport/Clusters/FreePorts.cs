using System.Net;
using System.Net.Sockets;

namespace Evergrain.TestSupport;

/// <summary>Ports nobody listens on. They are taken from below the ephemeral range, so that no outgoing connection takes one
/// between the look and the use, and never given twice in a run.</summary>
internal static class FreePorts
{
    private static readonly Lock Gate = new();
    private static int _next = 20_000 + Environment.ProcessId % 8_000;

    public static int[] Take(int count)
    {
        var ports = new List<int>();
        lock (Gate)
        {
            while (ports.Count < count)
            {
                _next = _next >= 31_000 ? 20_000 : _next + 1;
                if (IsFree(_next)) ports.Add(_next);
            }
        }

        return [.. ports];
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
