using System.Text;
using System.Text.Json;

namespace Messaging.Outbox.Tasks;

internal sealed class TaskContext : ITaskContext
{
    private const int MaxText = 200;
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    internal Attempt? Attempt { get; set; }

    public Guid? Id => Current.TaskId;

    public int Number => Current.Number;

    public int Part => Current.Part;

    public CancellationToken CancellationToken => Current.Token;

    private Attempt Current => Attempt ?? throw new InvalidOperationException("There is a TaskContext only while a consumer runs.");

    public void ReportProgress(int percent, string? text = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(percent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(percent, 100);
        Current.Report(percent, StoredText.Line(text, MaxText));
    }

    public void ContinueLater() => Current.Continues = true;

    public void SetResult<T>(T result)
    {
        var json = JsonSerializer.Serialize(result, Json);
        if (Encoding.UTF8.GetByteCount(json) > ITaskContext.MaxResultBytes)
        {
            throw new ArgumentException($"A result must not be larger than {ITaskContext.MaxResultBytes} bytes of JSON.", nameof(result));
        }

        Current.Result = json;
    }
}
