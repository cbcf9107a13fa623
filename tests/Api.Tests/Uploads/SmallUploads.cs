namespace Messaging.Api.Tests.Uploads;

/// <summary>A process that takes files of 400,000 bytes.</summary>
public sealed class SmallUploads() : SharedApi(new StandaloneApi(Settings))
{
    internal static readonly (string, string)[] Settings = [("Uploads:MaxBytes", "400000"), ("Uploads:MinFreeBytes", "0")];
}
