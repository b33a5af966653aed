<div class="narrow">
<h1>Going on</h1>
<p class="lead">You are taken back to the app that sent you here.</p>
<div class="actions end"><a class="button primary" href="<?cs var:away ?>">Go on now</a></div>
</div>
