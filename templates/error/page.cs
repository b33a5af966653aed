<div class="narrow error-page">
<p class="error-status"><?cs var:error.status ?></p>
<h1><?cs var:title ?></h1>
<?cs if:string.length(error.detail) ?><p class="lead"><?cs var:error.detail ?></p><?cs /if ?>
<?cs if:subcount(error.fields) > 0 ?>
<ul>
<?cs each:f = error.fields ?><li><?cs if:string.length(f.name) ?><span class="code"><?cs var:f.name ?></span>: <?cs /if ?><?cs var:f.detail ?></li>
<?cs /each ?></ul>
<?cs /if ?>
<?cs if:error.slug == "csrf" ?><p>Go back, load the page again and send the form once more. Nothing was changed.</p>
<?cs elif:error.slug == "not-found" ?><p>The address may be mistyped, or what it named is not there any more.</p>
<?cs elif:error.slug == "forbidden" ?><p>Your role does not include this. Whoever manages users here can change that.</p>
<?cs elif:error.status >= 500 ?><p>Nothing was changed by this request unless you are told so elsewhere.
<?cs if:error.retry_after_s ?>Try again in <?cs var:error.retry_after_s ?> seconds.<?cs else ?>Try again, and name the request below when you report it.<?cs /if ?></p>
<?cs /if ?>
<p>Request <span class="code"><?cs var:request_id ?></span></p>
<p><a class="button" href="/">Overview</a></p>
</div>
